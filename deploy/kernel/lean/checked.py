"""Checks what was compiled: `python -m deploy.kernel.lean.checked FOLDER DESCRIPTIONS PACKAGE...`.

It imports every module of the packages in `FOLDER`, where pydantic and dependency-injector cannot be imported. It ends with
an error if one of them needs these all the same, if what is read is something else than what was compiled, or if a container
is wired in another way.
"""

import json
import sys
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from deploy.kernel.lean import NAME
from deploy.kernel.lean.canonical import described
from deploy.kernel.lean.canonical import modules_in
from deploy.kernel.lean.sources import REPLACED
from deploy.kernel.lean.wired import wired

_METADATA = ("metadata", "_metadata")
"""What a field holds that is described beside the rest of it."""


class _Refusing(MetaPathFinder):
    """Does not find what the zip replaces, where others would. Libraries that can do without it, do."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] in {name.partition(".")[0] for name in REPLACED}:
            raise ModuleNotFoundError(f"{fullname} is imported at run time")


def main(folder: str, descriptions: str, *packages: str) -> None:
    """Returns if all is as it was."""
    sys.meta_path.insert(0, _Refusing())
    for module in modules_in(Path(folder), packages):
        import_module(module)
    import_module("deploy.kernel.lean.on_demand").make_all()
    expected: dict[str, dict[str, str]] = json.loads(Path(descriptions).read_text(encoding="utf-8"))
    reading, classes = import_module(f"{NAME}.reading"), import_module(f"{NAME}.classes")
    declared, core = import_module(f"{NAME}.declared"), import_module("pydantic_core")

    def in_other_words(thing: Any) -> tuple[Any, ...] | None:
        if isinstance(thing, declared.FieldInfo):
            return (
                "field",
                {name: value for name, value in vars(thing).items() if name not in _METADATA},
                thing.metadata,
            )
        if isinstance(thing, declared.Told):
            return "told", thing._name, {name: value for name, value in vars(thing).items() if name != "_name"}
        return None

    for name, said in expected["compiled"].items():
        if ":" in name:
            kind = reading.NAMED["model"](name)
            schema = classes.schema_of(kind)
            fields = kind.model_fields
            found: Any = (tuple(fields), sorted(kind.__class_vars__), list(fields.values()), schema, kind.model_config)
        else:
            found = schema = reading.read(reading.found("types", name))
        _require_same(name, said, described(found, in_other_words))
        core.SchemaValidator(*schema)
        core.SchemaSerializer(*schema)
    containers, providers = import_module(f"{NAME}.containers"), import_module(f"{NAME}.providers")
    is_wired = wired(containers.DeclarativeContainer, providers.Provider)
    for name, said in expected["wired"].items():
        _require_same(name, said, is_wired.get(name, ""))


def _require_same(name: str, said: str, is_now: str) -> None:
    if said != is_now:
        sys.exit(f"{name} is another one in the zip: {_difference(said, is_now)}")


def _difference(first: str, second: str) -> str:
    at = next((place for place, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), 0)
    return f"...{first[max(0, at - 40) : at + 60]}... and not ...{second[max(0, at - 40) : at + 60]}..."


if __name__ == "__main__":
    main(*sys.argv[1:])
