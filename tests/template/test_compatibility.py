"""`make compatibility` in a new service names what its owner breaks."""

from tests.template.services import ORDER
from tests.template.services import commit
from tests.template.services import service


def test_a_change_of_the_api_and_of_events_is_compared_with_an_earlier_commit(tmp_path):
    made = service(tmp_path / "new", **ORDER)
    made.install()
    commit(made.folder, "Made")

    assert "no breaking changes; compared: 7 operations, 3 events, 1 aggregates of HEAD" in made.make(
        "compatibility", "BASE=HEAD"
    )

    for path in made.folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace('"/orders"', '"/purchases"').replace("OrderRemoved", "OrderGone"), encoding="utf-8"
        )

    broken = made.run("make", "compatibility", "BASE=HEAD")

    assert broken.code != 0
    assert "  POST /orders: was removed\n" in broken.output
    assert "  OrderRemoved: was removed\n" in broken.output
