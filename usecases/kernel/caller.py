"""Who calls a use case."""

from collections.abc import Mapping
from typing import Annotated

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
    """The other claims of the token whose values are texts, by name."""

    def claim(self, name: str) -> str | None:
        """The value of a claim, if the token has it and it is a text, such as the tenant."""
        return dict(self.claims).get(name)

    @classmethod
    def of(cls, claims: Mapping[str, object]) -> "Caller | None":
        """The caller that the claims of a verified token name; None if they name none, by `sub` or `client_id`.

        Scopes come from `scope`, or from `scp`, a text with blanks or a list. API Gateway gives a list to a Lambda
        function as a text in brackets.
        """
        subject = claims.get("sub") or claims.get("client_id")
        if not isinstance(subject, str):
            return None
        texts = ((name, value) for name, value in claims.items() if isinstance(value, str))
        return cls(subject=subject, scopes=_scopes(claims.get("scope", claims.get("scp"))), claims=tuple(texts))


ANONYMOUS = Caller(subject="anonymous")
"""Whoever calls where nobody is asked for a token."""


def _scopes(given: object) -> frozenset[str]:
    if isinstance(given, str):
        is_list = given.startswith("[") and given.endswith("]")
        return frozenset((given[1:-1] if is_list else given).split())
    return frozenset(each for each in given if isinstance(each, str)) if isinstance(given, list) else frozenset()
