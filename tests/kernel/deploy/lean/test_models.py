"""The models in a lean zip do what those of pydantic do."""

from deploy.kernel.lean import NAME
from tests.kernel.deploy.lean.sources import run


def test_whatever_is_done_with_a_model_comes_to_the_same(sources, lean):
    script = "from models import deeds; print(json.dumps(deeds.all_told()))"

    with_pydantic, without = run(sources, script), run(lean, script)

    assert [pair for pair in zip(without, with_pydantic, strict=True) if pair[0] != pair[1]] == []
    assert len(set(with_pydantic)) > 40


def test_pydantic_is_not_imported(lean):
    script = "from models import deeds; deeds.all_told(); print(json.dumps(sorted(sys.modules)))"

    loaded = run(lean, script)

    assert NAME in loaded
    assert [name for name in loaded if name.partition(".")[0] == "pydantic"] == []


def test_a_package_of_others_may_import_pydantic_and_have_our_models_in_its_own(lean):
    script = """
from models.sample import Named, Square
from pydantic import BaseModel, TypeAdapter
class Theirs(BaseModel):
    ours: Named
    both: list[Named | Square]
theirs = Theirs.model_validate({"ours": {"ref": "x"}, "both": [{"side": 2}, {"ref": "y"}]})
print(json.dumps([theirs.model_dump(), TypeAdapter(list[Named]).validate_json("[{}]")[0] == Named()]))
"""

    dumped, is_equal = run(lean, script)

    assert [list(each) for each in dumped["both"]] == [["side"], list(dumped["ours"])]
    assert is_equal


def test_a_model_that_was_not_compiled_is_refused_by_its_name(lean):
    script = """
from models.sample import Open
try:
    type("Later", (Open,), {"__module__": "models.later"})
except TypeError as exc:
    print(json.dumps(str(exc)))
"""

    assert run(lean, script) == (
        "models.later:Later: it was not there when the zip was made with LEAN=1; make the zip without"
    )
