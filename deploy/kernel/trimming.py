"""What is taken out of files of the dependencies, which are otherwise as published: what only costs time at each start."""

import ast
import gzip
import json
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.kernel.selection import files_in


def trim(tree: Path) -> None:
    """Trims the dependencies in `tree`, whose modules are not compiled yet."""
    for path in files_in(tree):
        for pattern, changed in _TRIMMED.items():
            if path.match(pattern):
                (tree / path).write_bytes(changed((tree / path).read_bytes()))


def without_documentation(model: bytes) -> bytes:
    """botocore's model of a service, compressed, without its documentation, which is half of what is read at each start."""
    plain = json.dumps(_undocumented(json.loads(gzip.decompress(model))), separators=(",", ":"))
    return gzip.compress(plain.encode(), mtime=0)


def without_types(core_schema: bytes) -> bytes:
    """That module of pydantic-core without the types of schemas, which only type checkers look at."""
    tree, types = ast.parse(core_schema), {"TypedDict"}
    for place, statement in enumerate(tree.body):
        if isinstance(statement, ast.ClassDef) and types & {ast.unparse(base) for base in statement.bases}:
            types.add(statement.name)
            tree.body[place] = ast.Assign([ast.Name(statement.name, ast.Store())], ast.Name("dict", ast.Load()))
    return _source(tree)


def without_plugins(loader: bytes) -> bytes:
    """pydantic's loader of plugins, changed to find none: the zip has no entry points, which name them.

    As published, it imports importlib.metadata to look for some.
    """
    tree = ast.parse(loader)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name == "get_plugins":
            function.body = [ast.Return(ast.Tuple([], ast.Load()))]
            tree.body = [each for each in tree.body if not _imports_metadata(each)]
    return _source(tree)


_TRIMMED: Mapping[str, Callable[[bytes], bytes]] = {
    "botocore/data/*/*/service-2.json.gz": without_documentation,
    "pydantic/plugin/_loader.py": without_plugins,
    "pydantic_core/core_schema.py": without_types,
}


def _imports_metadata(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "importlib.metadata"


def _source(tree: ast.Module) -> bytes:
    return ast.unparse(ast.fix_missing_locations(tree)).encode()


def _undocumented(part: Any) -> Any:
    if isinstance(part, list):
        return [_undocumented(each) for each in part]
    if not isinstance(part, dict):
        return part
    # It is emptied, not left out: botocore looks for that of some parameters, and cannot make a client of S3 without.
    return {
        name: "" if name == "documentation" and isinstance(value, str) else _undocumented(value)
        for name, value in part.items()
    }
