"""The containers in a lean zip wire what those of dependency-injector wire."""

from tests.kernel.deploy.lean.sources import run


def test_whatever_is_done_with_a_container_comes_to_the_same(sources, lean):
    script = "from models import wired_deeds; print(json.dumps(wired_deeds.all_told()))"

    with_injector, without = run(sources, script), run(lean, script)

    assert [pair for pair in zip(without, with_injector, strict=True) if pair[0] != pair[1]] == []
    assert len(set(with_injector)) > 25


def test_dependency_injector_is_not_imported(lean):
    script = "from models import wired_deeds; wired_deeds.all_told(); print(json.dumps(sorted(sys.modules)))"

    loaded = run(lean, script)

    assert [name for name in loaded if name.partition(".")[0] in ("asyncio", "dependency_injector")] == []
