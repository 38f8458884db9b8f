"""What of pydantic and dependency-injector a lean zip does not know: then it imports them as ever, and says what for."""

import pytest
from pydantic import BaseModel
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from deploy.kernel.lambda_zip import NotMade
from deploy.kernel.lean import __main__ as command
from deploy.kernel.lean import in_zip
from deploy.kernel.lean.build import NotLean
from deploy.kernel.lean.build import make_lean
from deploy.kernel.lean.build import prepared
from deploy.kernel.lean.sources import LEFT_OUT
from deploy.kernel.lean.sources import put_in_place
from deploy.kernel.lean.sources import unknown
from deploy.kernel.selection import our_packages
from tests.kernel.deploy.lean.sources import PACKAGE
from tests.kernel.deploy.lean.sources import ROOT
from tests.kernel.deploy.lean.sources import with_kernels
from tests.kernel.deploy.lean.sources import written


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("from pydantic import HttpUrl", "1: from pydantic import HttpUrl"),
        ("from pydantic import Field, PrivateAttr", "1: from pydantic import PrivateAttr"),
        ("from pydantic import *", "1: from pydantic import *"),
        ("from pydantic.types import Field", "1: from pydantic.types import Field"),
        ("import os, pydantic", "1: import pydantic"),
        ("import pydantic.fields as fields", "1: import pydantic.fields"),
        ("def later():\n    from pydantic import RootModel", "2: from pydantic import RootModel"),
        ("from pydantic import create_model", "1: from pydantic import create_model"),
        ("from pydantic import TypeAdapter", "1: from pydantic import TypeAdapter"),
        ("import dependency_injector.providers as di", "1: import dependency_injector.providers"),
        ("from dependency_injector import providers", "1: from dependency_injector import providers"),
        (
            "from dependency_injector.providers import Factory, Resource",
            "1: from dependency_injector.providers import Resource",
        ),
        ("from dependency_injector.wiring import inject", "1: from dependency_injector.wiring import inject"),
        ("schema = Crate.model_json_schema()", "1: .model_json_schema"),
        ("def make():\n    class Later(Crate):\n        pass", "2: class Later in a function"),
        ("async def make():\n    class Later(Crate):\n        pass", "2: class Later in a function"),
    ],
)
def test_a_line_that_needs_a_library_itself_is_found(tmp_path, source, what):
    assert unknown(written(tmp_path, source), [PACKAGE]) == [f"models/one.py:{what}"]


@pytest.mark.parametrize(
    "source",
    [
        "from pydantic import BaseModel, Field, model_validator",
        "from pydantic_core import to_json",
        "from dependency_injector.containers import DeclarativeContainer",
        "from dependency_injector.providers import Factory as Make, Provider",
        "from .pydantic import HttpUrl",
        "class Inner(Outer):\n    class Config: ...",
        "def make():\n    class Plain: ...",
    ],
)
def test_a_line_that_does_not_is_not(tmp_path, source):
    assert unknown(written(tmp_path, source), [PACKAGE]) == []


def test_a_kernel_may_make_models_and_types_that_are_known_here(tmp_path):
    source = "from pydantic import TypeAdapter, create_model"

    assert unknown(written(tmp_path, source, f"{PACKAGE}/kernel/one.py"), [PACKAGE]) == []


@pytest.mark.parametrize(
    "user", ["from models.kernel import one", "import models.kernel.one", "x = 'models.kernel.one:f'"]
)
def test_what_a_kernel_does_with_pydantic_itself_matters_where_it_is_used(tmp_path, user):
    written(tmp_path, "x = kind.model_json_schema()", f"{PACKAGE}/kernel/one.py")

    assert unknown(tmp_path, [PACKAGE]) == []
    assert unknown(written(tmp_path, user), [PACKAGE]) == ["models/kernel/one.py:1: .model_json_schema"]


def test_whatever_of_a_model_the_zip_has_not_is_known_to_be_left_out():
    def public(kind):
        return {name for name in dir(kind) if name.startswith("model_") or (kind is not BaseModel and name[0] != "_")}

    lean = {*public(in_zip.BaseModel), *public(in_zip.declared.FieldInfo), "model_config", "model_fields"}
    left_out = {name for name in public(BaseModel) | public(FieldInfo) if name not in (*FieldInfo.__slots__, *lean)}

    assert left_out - set(LEFT_OUT) == BUILT_WITH
    assert set(LEFT_OUT) - left_out == {name for name in LEFT_OUT if hasattr(TypeAdapter, name)}


BUILT_WITH = {
    "asdict",
    "deprecation_message",
    "from_annotated_attribute",
    "from_annotation",
    "from_field",
    "metadata_lookup",
}
"""What pydantic makes fields with."""


def test_no_line_moves_when_the_module_in_the_zip_is_put_in_place(tmp_path):
    written(tmp_path, "import os\nfrom pydantic import (\n    Field,\n)\nx = 'from pydantic import Field'\n")

    put_in_place(tmp_path, [PACKAGE])

    assert (tmp_path / PACKAGE / "one.py").read_text(encoding="utf-8") == (
        "import os\nfrom compiled_models import (\n    Field,\n)\nx = 'from pydantic import Field'\n"
    )


HEAD = """
from pathlib import Path
from typing import Annotated, Generic, TypeVar
from pydantic import AfterValidator, BaseModel, field_validator
T = TypeVar("T")
"""


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("class One(BaseModel):\n    _private: int = 1", "models.one:One: has private attributes"),
        ("class One(BaseModel, Generic[T]):\n    field: T", "models.one:One: is generic"),
        ("class One(BaseModel):\n    field: 'Later'", "models.one:One: has a field whose type is not known"),
        ("class One(BaseModel):\n    field: Annotated[int, AfterValidator(lambda x: x)]", "models.one:One: .*lambda"),
        ("class One(BaseModel):\n    field: Path", "models.one:One: pydantic.* is needed"),
        ("class One(BaseModel):\n    a: int\nTwo = One\nclass One(BaseModel):\n    b: int", "there are two models"),
        ("raise RuntimeError('no such file')", "models.one cannot be imported here: RuntimeError: no such file"),
        ("import importlib\nimportlib.import_module('pydantic')", "pydantic is imported at run time"),
    ],
)
def test_a_model_that_cannot_be_compiled_is_named(tmp_path, source, reason):
    with pytest.raises(NotLean, match=reason):
        prepared(written(tmp_path / "tree", HEAD + source), [PACKAGE], tmp_path / "work")


def test_a_model_that_would_be_another_one_is_named(tmp_path):
    source = "class One(BaseModel):\n    field: int\n    @field_validator('field')\n    def rule(cls, x): return x"
    tree = written(with_kernels(tmp_path / "tree"), HEAD + source)

    with pytest.raises(NotLean, match=r"models\.one:One is another one in the zip"):
        prepared(tree, [*our_packages(ROOT), PACKAGE], tmp_path / "work")


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("one = Mine(int)", "models.one:Container has a provider of the kind Mine"),
        ("one = Factory('builtins.int')", "Factory takes something to call"),
        ("one = Factory(int).provided[0]", "models.one:Container has a provider of the kind ItemGetter"),
        (
            "one = Factory(int if 'dependency_injector' in sys.modules else str)",
            "models.one:Container is another one in the zip: .*int.* and not .*str",
        ),
    ],
    ids=["own-provider", "factory-by-name", "item", "other-class"],
)
def test_a_container_that_would_be_wired_in_another_way_is_named(tmp_path, declared, reason):
    source = f"""
import sys
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Factory
class Mine(Factory): ...
class Container(DeclarativeContainer):
    {declared}
"""

    with pytest.raises(NotLean, match=reason):
        prepared(written(with_kernels(tmp_path / "tree"), source), [*our_packages(ROOT), PACKAGE], tmp_path / "work")


@pytest.mark.parametrize(("name", "release"), [("pydantic", "2.99.0"), ("pydantic_core", "2.1.0")])
def test_another_release_of_pydantic_is_refused(tmp_path, name, release):
    (tmp_path / f"{name}-{release}.dist-info").mkdir()

    with pytest.raises(NotMade, match=rf"LEAN=1 knows {name} \S+, and found {release}: make the zip without LEAN"):
        make_lean(tmp_path, [])


def test_a_zip_that_cannot_be_lean_is_made_all_the_same_and_why_is_said(monkeypatch, capsys, tmp_path):
    def cannot(tree, packages):
        raise NotLean("domain/one.py:1: import pydantic")

    monkeypatch.setattr(command, "make_lean", cannot)

    command.lean_if_possible(tmp_path)

    assert capsys.readouterr().err == (
        "The zip is made as without LEAN=1, for this is not known there:\ndomain/one.py:1: import pydantic\n"
    )
