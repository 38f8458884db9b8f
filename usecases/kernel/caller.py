"""Who calls a use case."""

from collections.abc import Mapping
from typing import Annotated
from typing import Any
from typing import TypeGuard
from typing import get_args

from pydantic import BaseModel
from pydantic import Field

from domain.kernel.value import Value

_Claim = tuple[str, str]
_Subject = Annotated[str, Field(min_length=1)]


class Caller(Value):
    """Who sent a request, as the verified access token says.

    A request that needs it has a field of this type, `caller: Caller`. The API fills the field; a client cannot.
    """

    subject: _Subject
    """The claim `sub`: a user or a program, by the issuer's name for it. Never empty."""
    scopes: frozenset[str] = frozenset()
    claims: tuple[_Claim, ...] = ()
    """The claims of the token whose values are texts, by name."""

    def claim(self, name: str) -> str | None:
        """The value of a claim, if the token has it and it is a text, such as the tenant."""
        return dict(self.claims).get(name)

    @classmethod
    def of(cls, claims: Mapping[str, object]) -> "Caller | None":
        """The caller that the claims of a verified token name; None if they name none, by `sub` or `client_id`.

        Scopes come from `scope`, or from `scp`, a text with blanks or a list. A claim with a lone surrogate is left out.
        """
        subject = claims.get("sub") or claims.get("client_id")
        if not _is_text(subject):
            return None
        texts = ((name, value) for name, value in claims.items() if _is_text(name) and _is_text(value))
        return cls(subject=subject, scopes=_scopes(claims.get("scope", claims.get("scp"))), claims=tuple(texts))


ANONYMOUS = Caller(subject="anonymous")
"""Whoever calls where nobody is asked for a token."""


def holds_caller(kind: Any, *, seen: frozenset[type] = frozenset()) -> bool:
    """Whether a value of this type may have a caller in it, at any depth."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return any(holds_caller(each, seen=seen) for each in get_args(kind))
    fields = () if kind in seen else kind.model_fields.values()
    return issubclass(kind, Caller) or any(holds_caller(each.annotation, seen=seen | {kind}) for each in fields)


def _scopes(given: object) -> frozenset[str]:
    """https://www.rfc-editor.org/rfc/rfc6749#section-3.3: only a blank is between two scopes."""
    scopes = given.split(" ") if isinstance(given, str) else given
    return frozenset(each for each in scopes if each and _is_text(each)) if isinstance(scopes, list) else frozenset()


def _is_text(value: object) -> TypeGuard[str]:
    """Whether `value` is a text without lone surrogates, which JSON can have and UTF-8 cannot."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
