"""What no listing takes: each is the right problem, and nothing is written."""

import pytest

from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.answers import names
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations
from tests.kernel.service.container import Container


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


pytestmark = pytest.mark.usefixtures("unchanged")


@pytest.mark.parametrize("limit", ["0", "-1", "501", "x", "", "1.5", "9" * 5000, "NaN", "0x1"], ids=lambda s: s[:9])
def test_a_limit_out_of_bounds_is_refused(api, limit):
    answer = api.get("/crates", params={"limit": limit})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["limit"]


@pytest.mark.parametrize("name", ["prefix", "contains", "limit", "cursor"])
def test_a_part_of_the_query_that_is_repeated_is_refused(api, name):
    answer = api.get(f"/crates?{name}=1&{name}=1")

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == [name]


def test_a_beginning_and_a_part_of_the_name_cannot_be_asked_for_together(api):
    answer = api.get("/crates", params={"prefix": "north", "contains": "north"})

    assert problem(answer) == (422, "invalid-argument")


@pytest.mark.parametrize("name", ["prefix", "contains"])
@pytest.mark.parametrize("text", ["", "\u0301", "\u0301\u0302" * 150, "a\0b", "\n"], ids=ascii)
def test_a_text_of_nothing_or_with_control_characters_cannot_be_searched_for(api, name, text):
    answer = api.get("/crates", params={name: text})

    assert problem(answer) == (422, "invalid-argument")


def test_a_part_of_the_query_that_is_unknown_is_refused_by_name(api):
    answer = api.get("/crates", params={"order": "name", "Limit": "1"})

    assert problem(answer) == (422, "invalid-argument")
    assert sorted(violations(answer)) == ["Limit", "order"]


@pytest.fixture
def cursor(api, crate):
    """The cursor of a listing's second page."""
    other = api.post("/crates", json={"name": "Zebra"}).json()
    cursor = api.get("/crates", params={"limit": 1}).json()["next_cursor"]
    assert names(api.get("/crates", params={"cursor": cursor})) == ["Zebra"]
    yield cursor
    api.delete(f"/crates/{other['id']}")


@pytest.mark.parametrize(
    "damage",
    [
        lambda cursor: cursor[:-1],
        lambda cursor: cursor[1:],
        lambda cursor: cursor[: len(cursor) // 2],
        lambda cursor: cursor + "A",
        lambda cursor: cursor + "=",
        lambda cursor: cursor + "\n",
        lambda cursor: cursor.swapcase(),
        lambda cursor: cursor[:20] + ("B" if cursor[20] == "A" else "A") + cursor[21:],
        lambda cursor: cursor + cursor,
        lambda cursor: "",
        lambda cursor: "\0",
        lambda cursor: "é",
    ],
    ids=["end cut", "start cut", "half", "more", "padded", "newline", "case", "flipped", "twice", "empty", "NUL", "é"],
)
def test_a_damaged_cursor_is_refused(api, cursor, damage):
    answer = api.get("/crates", params={"cursor": damage(cursor)})

    assert problem(answer) == (400, "invalid-cursor")


@pytest.mark.parametrize("query", [{"prefix": "zeb"}, {"contains": "zeb"}])
def test_a_cursor_of_another_query_is_refused(api, cursor, query):
    answer = api.get("/crates", params={"cursor": cursor, **query})

    assert problem(answer) == (400, "invalid-cursor")
