"""The stages that a service is deployed in, from `deploy/stages.toml`, which is its owner's."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Violation
from infrastructure.kernel.listing_shards import shards_of

STAGES = Path("deploy", "stages.toml")

SHARDS = "ListingShards"
"""The parameter of a stage that is the setting DYNAMODB_LISTING_SHARDS."""

_STACK_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,127}")
_PLACEHOLDER = re.compile(r"<[^<>]*>")
_OURS = ("stack_name", "account", "region")


@dataclass(frozen=True)
class Stage:
    """One deployment of the service: what its stack is called, where it may be, and the parameters of its template."""

    name: str
    stack_name: str
    parameters: Mapping[str, str]
    account: str | None = None
    region: str | None = None

    @property
    def source(self) -> str:
        """Where it stands, for messages."""
        return f"{STAGES.as_posix()} [{self.name}]"

    def require_place(self, account: str, region: str) -> None:
        """Returns if it may be deployed there.

        Raises:
            Misconfigured: it says that it belongs to another account or Region.
        """
        for what, expected, found in (("account", self.account, account), ("Region", self.region, region)):
            if expected not in (None, found):
                raise Misconfigured(
                    f"{self.source} belongs to {what} {expected}, and the credentials of the environment lead to {found}"
                )


def read_stage(name: str | None, service: str, path: Path, instead: Mapping[str, str] | None = None) -> Stage:
    """The stage called `name` of a service, or the first one, from the file at `path`.

    The parameters `instead` take the place of its own.

    Raises:
        InvalidArgument: there is no such stage, or its table breaks a rule; every violation is named.
        Misconfigured: the file cannot be read.
    """
    stages = _read(path)
    if name is None:
        name = next(iter(stages), "")
    if name not in stages:
        raise InvalidArgument(
            "STAGE", f"must be one of {', '.join(stages)}, which {STAGES.as_posix()} has, not {name!r}"
        )
    source = f"{STAGES.as_posix()} [{name}]"
    table = stages[name]
    if not isinstance(table, Mapping):
        raise InvalidArgument(source, "must be a table")
    table = {**table, **(instead or {})}
    wrong = [Violation(f"{source} {key}", rule) for key, value in table.items() if (rule := _broken_rule(value))]
    wrong += [
        Violation(f"{source} {key}", "must be text")
        for key in _OURS
        if key in table and not isinstance(table[key], str)
    ]
    stack_name = str(table.get("stack_name", f"{service}-{name}"))
    if not _STACK_NAME.fullmatch(stack_name):
        rule = "must begin with a letter, and have at most 128 letters of ASCII, digits and hyphens"
        wrong.append(Violation("the stack's name", f"{rule}, not {stack_name!r}; set stack_name in {source}"))
    if wrong:
        raise InvalidArgument.of(wrong)
    given = {key: _text(value) for key, value in table.items()}
    parameters = {key: value for key, value in given.items() if key not in _OURS}
    return Stage(name, stack_name, parameters, given.get("account"), given.get("region"))


def listing_shards(path: Path) -> list[str]:
    """The numbers of shards that a listing has in the stages of the file at `path`, each as the setting has it.

    Raises:
        InvalidArgument: a stage breaks the rule of the setting.
        Misconfigured: the file cannot be read.
    """
    found = dict[str, None]()
    for name, table in (_read(path) if path.exists() else {}).items():
        value = table.get(SHARDS, "1") if isinstance(table, Mapping) else "1"
        try:
            shards_of(_text(value))
        except ValueError as exc:
            raise InvalidArgument(f"{STAGES.as_posix()} [{name}] {SHARDS}", str(exc)) from exc
        found[_text(value)] = None
    return [*found]


def service_name(root: Path) -> str:
    """What the service in the folder `root` is called."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["name"])


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Misconfigured(f"{STAGES.as_posix()} cannot be read: {exc}") from exc


def _broken_rule(value: Any) -> str | None:
    if not isinstance(value, str | int | list):
        return "must be text, a whole number, true, false, or a list of these"
    if placeholder := _PLACEHOLDER.search(_text(value)):
        return f"replace the placeholder {placeholder[0]}"
    return None


def _text(value: Any) -> str:
    """A value as CloudFormation takes it."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(_text(each) for each in value)
    return str(value)
