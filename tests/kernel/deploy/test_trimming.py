"""What is taken out of the dependencies in the zip. That the service does the same with them is tested in lambda_zip."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic.plugin import _loader

from deploy.kernel.trimming import trim
from deploy.kernel.trimming import without_documentation
from deploy.kernel.trimming import without_plugins
from deploy.kernel.trimming import without_types

LOADER = Path(_loader.__file__).read_bytes()


def test_of_a_model_of_botocore_the_documentation_is_emptied_and_not_left_out():
    model = {
        "documentation": "<p>",
        "shapes": [{"members": {"documentation": {"shape": "Text", "documentation": "d"}}}],
    }
    compressed = gzip.compress(json.dumps(model).encode())

    trimmed = without_documentation(compressed)

    assert json.loads(gzip.decompress(trimmed)) == {
        "documentation": "",
        "shapes": [{"members": {"documentation": {"shape": "Text", "documentation": ""}}}],
    }
    assert trimmed == without_documentation(compressed)


def test_of_pydantic_core_only_the_types_of_schemas_are_left_out():
    source = b"class A(TypedDict):\n    a: int\nclass B(A, total=False):\n    b: int\ndef f() -> A: return A(a=1)\nclass C: ..."

    trimmed = without_types(source)

    assert trimmed == b"A = dict\nB = dict\n\ndef f() -> A:\n    return A(a=1)\n\nclass C:\n    ..."


def test_pydantic_finds_no_plugins_and_does_not_look_for_any():
    found: dict[str, Any] = {}

    exec(without_plugins(LOADER), found)

    assert found["get_plugins"]() == ()
    assert "entry_points" not in found


def test_a_loader_that_is_not_known_is_left_as_it_is():
    assert (
        without_plugins(b"from importlib.metadata import entry_points")
        == b"from importlib.metadata import entry_points"
    )


@pytest.mark.parametrize(("group", "is_left"), [("pydantic", True), ("console_scripts", False)])
def test_where_a_dependency_has_a_plugin_pydantic_finds_it(tmp_path, group, is_left):
    loader = tmp_path / "pydantic" / "plugin" / "_loader.py"
    entry_points = tmp_path / "watching-1.0.dist-info" / "entry_points.txt"
    for path, content in ((loader, LOADER), (entry_points, f"[{group}]\nwatching = watching:plugin\n".encode())):
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    trim(tmp_path)

    assert (loader.read_bytes() == LOADER) is is_left
