"""What is taken out of the dependencies in the zip. That the service does the same with them is tested in lambda_zip."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

from pydantic.plugin import _loader
from pydantic_core import core_schema

from deploy.kernel.trimming import trim
from deploy.kernel.trimming import without_documentation
from deploy.kernel.trimming import without_plugins
from deploy.kernel.trimming import without_types

LOADER, SCHEMAS = (Path(str(module.__file__)).read_bytes() for module in (_loader, core_schema))


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


def test_the_release_of_pydantic_core_in_use_has_such_types():
    types = re.compile(rb"^class \w+\(TypedDict", re.MULTILINE)

    assert types.search(SCHEMAS)
    assert not types.search(without_types(SCHEMAS))


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


def test_each_of_these_files_is_trimmed_where_the_zip_has_it(tmp_path):
    model = gzip.compress(json.dumps({"documentation": "<p>"}).encode())
    files = {
        "botocore/data/dynamodb/2012-08-10/service-2.json.gz": (model, without_documentation(model)),
        "pydantic/plugin/_loader.py": (LOADER, without_plugins(LOADER)),
        "pydantic_core/core_schema.py": (SCHEMAS, without_types(SCHEMAS)),
        "pydantic/main.py": (b"# as published", b"# as published"),
    }
    for path, (published, _) in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(published)

    trim(tmp_path)

    assert {path: (tmp_path / path).read_bytes() for path in files} == {
        path: trimmed for path, (_, trimmed) in files.items()
    }
