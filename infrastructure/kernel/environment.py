"""Reads settings from environment variables, and says of each wrong one what is wrong with it."""

import logging
import re
from collections.abc import Collection
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.kernel.errors import Misconfigured

if TYPE_CHECKING:
    from infrastructure.kernel.settings import Settings

logger = logging.getLogger(__name__)

S = TypeVar("S", bound="Settings")

REFERENCES = ("ssm:", "secretsmanager:")
"""How a value begins that only names the value: a parameter of Parameter Store, or a secret of Secrets Manager."""

_OF_KUBERNETES = re.compile(r"(SERVICE_)?(HOST|PORT(_.*)?)")
"""What Kubernetes sets, after the prefix, for one of its Services that is called like ours, with `-service` or without.
https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"""


def read_settings(kind: type[S], environment: Mapping[str, str]) -> S:
    """What `Settings.from_environment` promises, for settings of that kind."""
    fields = {kind.variable(field): field for field in kind.model_fields}
    given = {name: value for name, value in environment.items() if name.startswith(kind.variable("")) and value}
    wrong = _misnamed(kind, given.keys() - fields.keys())
    references = {name: given[name] for name in fields if given.get(name, "").startswith(REFERENCES)}
    read, unread = _resolved(kind, references, given) if references else ({}, {})
    wrong += [f"{name}: {why}" for name, why in unread.items()]
    try:
        settings = kind.model_validate(
            {fields[name]: value for name, value in (given | read).items() if name in fields}
        )
    except ValidationError as exc:
        for found in exc.errors():
            name = kind.variable(str([*found["loc"], "*"][0]))
            if name not in unread:
                wrong.append(f"{name}: {_broken_rule(found, references.get(name), read.values())}")
        # A traceback prints the cause, which has the messages of validators, and they may quote a secret.
        raise Misconfigured("; ".join(sorted(wrong))) from (None if read else exc)
    if wrong:
        raise Misconfigured("; ".join(sorted(wrong)))
    return settings


def _misnamed(kind: type["Settings"], variables: Collection[str]) -> list[str]:
    """What is wrong with variables that are no setting. One that resembles none is only logged."""
    if not variables:
        return []
    from difflib import get_close_matches  # hardly ever needed

    prefix, wrong = kind.variable(""), []
    for variable in sorted(variables):
        name = variable.removeprefix(prefix)
        if _OF_KUBERNETES.fullmatch(name):
            continue
        if new := kind.renamed.get(name.lower()):
            wrong.append(f"{variable}: this setting was renamed, set {kind.variable(new)} instead")
        elif meant := get_close_matches(name.lower(), kind.model_fields, n=1, cutoff=0.8):
            wrong.append(f"{variable}: no such setting, did you mean {kind.variable(meant[0])}?")
        else:
            logger.warning("%s is set, and is no setting of this service", variable)
    return wrong


def _resolved(
    kind: type["Settings"], references: Mapping[str, str], given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The values that the references name, and why the others have none, by the variable."""
    region = kind.variable("aws_region")
    if region in references:
        raise Misconfigured(f"{region}: must be the Region itself, since references are read there")
    # Imported here, so that a service without references does not pay for it.
    resolve = import_module("infrastructure.kernel.references").resolve
    found: tuple[dict[str, str], dict[str, str]] = resolve(references, region=given.get(region))
    return found


def _broken_rule(found: ErrorDetails, reference: str | None, read: Collection[str]) -> str:
    """What the error says, unless that may quote a value from AWS, as the message of a service's own validator may."""
    says, is_own = found["msg"], "url" not in found or found["type"] in ("value_error", "assertion_error")
    if (reference and is_own) or any(value in says for value in read):
        return f"the value of {reference or 'a reference'} breaks a rule of this setting"
    return says
