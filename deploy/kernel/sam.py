"""The template of the stack: what it asks for, what outlives it, and where its functions get their code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from typing import Self

import yaml

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Violation

TEMPLATE = Path("template.yaml")
_CODE = re.compile(r"^(\s*CodeUri:\s*)dist/lambda-\S+\.zip\s*$", re.MULTILINE)
_RETAINED = ("Retain", "RetainExceptOnCreate")


class _Loader(yaml.SafeLoader):
    """Reads a template of CloudFormation. What `!Ref` and the like stand for is not known here: it reads as None."""


_Loader.add_multi_constructor("!", lambda *_: None)


@dataclass(frozen=True)
class Template:
    """A template of CloudFormation, or of SAM, as it is written."""

    text: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """The template at `path`.

        Raises:
            Misconfigured: there is no such file, or it is no template.
        """
        try:
            template = cls(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as exc:
            raise Misconfigured(f"{path.name} cannot be read: {exc}") from exc
        if not template.resources:
            raise Misconfigured(f"{path.name} has no resources")
        return template

    @cached_property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The parameters that it declares, by name.

        Raises:
            Misconfigured: it is no YAML.
        """
        return self._part("Parameters")

    @cached_property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """The resources that it declares, by logical id.

        Raises:
            Misconfigured: it is no YAML.
        """
        return self._part("Resources")

    @property
    def retained(self) -> Mapping[str, str]:
        """The types, by logical id, of the resources that are not deleted with the stack."""
        return {
            logical_id: str(resource.get("Type"))
            for logical_id, resource in self.resources.items()
            if resource.get("DeletionPolicy") in _RETAINED
        }

    def require(self, given: Mapping[str, str], ours: Mapping[str, str], *, source: str) -> None:
        """Returns if `given`, which stands in `source`, and `ours`, which the command sets, are what it asks for.

        Raises:
            InvalidArgument: names every parameter that is missing, unknown, or not among the allowed values.
        """
        declared = self.parameters
        wrong = [
            Violation(f"{source} {name}", "remove it, for the command sets it") for name in given.keys() & ours.keys()
        ]
        wrong += [
            Violation(f"{source} {name}", f"is no parameter of {TEMPLATE}; these are: {', '.join(declared)}")
            for name in given.keys() - declared.keys() - ours.keys()
        ]
        wrong += [
            Violation(f"{source} {name}", f"is missing: {facts.get('Description', f'{TEMPLATE} asks for it')}")
            for name, facts in declared.items()
            if "Default" not in facts and name not in {*given, *ours}
        ]
        wrong += [
            Violation(
                name if name in ours else f"{source} {name}", f"must be one of {', '.join(allowed)}, not {value!r}"
            )
            for name, value in {**given, **ours}.items()
            if (allowed := self._allowed(name)) and value not in allowed
        ]
        if wrong:
            raise InvalidArgument.of(sorted(wrong))

    def _allowed(self, name: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self.parameters.get(name, {}).get("AllowedValues", ()))

    def with_code_at(self, url: str) -> Self:
        """The template whose functions get their code from `url`, and not from this machine.

        Raises:
            Misconfigured: no function of it gets its code from here.
        """
        text, functions = _CODE.subn(lambda found: f"{found[1]}{url}", self.text)
        if not functions:
            raise Misconfigured(f"{TEMPLATE} has no function with CodeUri: dist/lambda-….zip")
        return type(self)(text)

    def _part(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        part = self._document.get(name) or {}
        return part if isinstance(part, Mapping) else {}

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        try:
            document = yaml.load(self.text, _Loader)  # noqa: S506  # a SafeLoader
        except yaml.YAMLError as exc:
            raise Misconfigured(f"{TEMPLATE} is no YAML: {exc}") from exc
        return document if isinstance(document, Mapping) else {}
