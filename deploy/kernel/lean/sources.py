"""What our sources have of the libraries that the zip replaces: whether it can, and the sources in which it does."""

import ast
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path

from deploy.kernel.lean import NAME
from deploy.kernel.lean import in_zip
from deploy.kernel.lean.in_zip import containers
from deploy.kernel.lean.in_zip import providers

REPLACED = {
    "dependency_injector.containers": f"{NAME}.containers",
    "dependency_injector.providers": f"{NAME}.providers",
    "pydantic": NAME,
}
"""The modules that our packages import, and what they import in their place in the zip."""
LEFT_OUT = (
    "apply_typevars_map",
    "default_factory_takes_validated_data",
    "get_default",
    "json_schemas",
    "merge_field_infos",
    "model_computed_fields",
    "model_construct",
    "model_json_schema",
    "model_parametrized_name",
    "model_rebuild",
)
"""What models, fields and types have in pydantic, and have not in the zip."""
KERNELS_ALONE = ("TypeAdapter", "create_model")
"""What only kernels may import, for it is known what they make with it, and when."""


def unknown(folder: Path, packages: Sequence[str]) -> list[str]:
    """The lines of the packages in `folder` that need one of the libraries itself, and what in them does."""
    sources = {path: (folder / path).read_text(encoding="utf-8") for path in _paths(folder, packages)}
    trees = {path: ast.parse(source) for path, source in sources.items()}
    named = {name for tree in trees.values() for name in _modules_named(tree)}
    return [
        f"{path}:{line}: {what}"
        for path, tree in trees.items()
        for line, what, matters_if_unused in _unknown_in(path, tree)
        if matters_if_unused or ".".join(path.with_suffix("").parts) in named
    ]


def put_in_place(folder: Path, packages: Sequence[str]) -> None:
    """Has the packages in `folder` import what is in the zip in place of the libraries. No line moves."""
    for path in _paths(folder, packages):
        source = (folder / path).read_text(encoding="utf-8")
        lines = source.splitlines(keepends=True)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module in REPLACED:
                line = lines[node.lineno - 1]
                lines[node.lineno - 1] = line.replace(f"from {node.module} ", f"from {REPLACED[node.module]} ", 1)
        (folder / path).write_text("".join(lines), encoding="utf-8")


def _paths(folder: Path, packages: Sequence[str]) -> list[Path]:
    return sorted(path.relative_to(folder) for name in packages for path in (folder / name).rglob("*.py"))


def _library(module: str) -> str | None:
    """Which of the libraries a module is of, if of any."""
    first = module.partition(".")[0]
    return first if first in {name.partition(".")[0] for name in REPLACED} else None


def _unknown_in(path: Path, tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """The lines, what is unknown in them, and whether it matters in a module that no other one uses."""
    is_kernel = "kernel" in path.parts
    known = {
        "dependency_injector.containers": set(containers.__all__),
        "dependency_injector.providers": set(providers.__all__),
        "pydantic": set(in_zip.__all__) - set(() if is_kernel else KERNELS_ALONE),
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for name in names:
                    if _library(name.name):
                        yield node.lineno, f"import {name.name}", True
            case ast.ImportFrom(level=0, module=str(module), names=names) if _library(module):
                for name in names:
                    if name.name not in known.get(module, ()):
                        yield node.lineno, f"from {module} import {name.name}", True
            case ast.Attribute(attr=attribute) if attribute in LEFT_OUT:
                yield node.lineno, f".{attribute}", not is_kernel
            case ast.FunctionDef() | ast.AsyncFunctionDef() if not is_kernel:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.ClassDef) and inner.bases:
                        yield inner.lineno, f"class {inner.name} in a function", True


def _modules_named(tree: ast.Module) -> Iterator[str]:
    """The modules that are imported, or named in a text such as `module:name`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{name.name}" for name in names)
            case ast.Constant(value=str(text)):
                yield text.partition(":")[0]
