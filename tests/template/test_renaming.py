"""The plain aggregate takes any name, in code and in prose; the example goes without a trace."""

import json

import pytest

from template.example import is_of_example
from template.example import mentions_example
from template.example import without_example
from template.names import Name
from template.renaming import Renamer

LITERALS = {
    "team-service": "shop-service",
    "team_service": "shop_service",
    "TEAM_SERVICE": "SHOP_SERVICE",
    "Team Service": "Shop Service",
    "The team-service authors": "Ann O'Neill",
}


def to(singular: str, plural: str) -> Renamer:
    return Renamer(Name(singular, plural), LITERALS)


LINE_ITEMS = to("LineItem", "LineItems")
ORDERS = to("Order", "Orders")
PEOPLE = to("Person", "People")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Sponsor", "LineItem"),
        ("Sponsors", "LineItems"),
        ("sponsor", "line_item"),
        ("sponsors", "line_items"),
        ("SPONSOR", "LINE_ITEM"),
        ("SPONSORS", "LINE_ITEMS"),
        ("SponsorCreated", "LineItemCreated"),
        ("CreateSponsorRequest", "CreateLineItemRequest"),
        ("ListSponsors", "ListLineItems"),
        ("InMemorySponsorRepository", "InMemoryLineItemRepository"),
        ("sponsorId", "lineItemId"),
        ("sponsorsById", "lineItemsById"),
        ("_sponsors", "_line_items"),
        ("test_a_sponsor_is_got", "test_a_line_item_is_got"),
        ("list-sponsors", "list-line-items"),
        ("sponsor-created", "line-item-created"),
        ("SPONSOR#", "LINE_ITEM#"),
        ("/sponsors/{id}", "/line_items/{id}"),
        ("tests/domain/test_sponsor.py", "tests/domain/test_line_item.py"),
    ],
)
def test_every_form_of_the_name_is_renamed_to_the_same_form(old, new):
    assert LINE_ITEMS.plain(old) == new


@pytest.mark.parametrize("text", ["sponsored", "Sponsoring", "cosponsor", "SPONSORED", "cosponsors"])
def test_another_word_is_left_alone(text):
    assert LINE_ITEMS.plain(text) == text


def test_a_plural_of_its_own_is_taken_for_the_plural_only():
    renamed = PEOPLE.plain("sponsor sponsors Sponsor Sponsors SPONSOR SPONSORS list_sponsors")

    assert renamed == "person people Person People PERSON PEOPLE list_people"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (ORDERS, "a sponsor", "an order"),
        (ORDERS, "A sponsor", "An order"),
        (ORDERS, "a_sponsor", "an_order"),
        (ORDERS, "test_a_sponsor_is_got", "test_an_order_is_got"),
        (ORDERS, "a Sponsor", "an Order"),
        (ORDERS, "extra sponsor", "extra order"),
        (ORDERS, "the sponsor", "the order"),
        (to("Hour", "Hours"), "a_sponsor, A sponsor", "an_hour, An hour"),
        (to("User", "Users"), "a sponsor", "a user"),
        (to("Unit", "Units"), "a sponsor", "a unit"),
        (to("EuropeanUnion", "EuropeanUnions"), "a_sponsor", "a_european_union"),
        (to("Umbrella", "Umbrellas"), "a sponsor", "an umbrella"),
        (to("House", "Houses"), "a sponsor", "a house"),
        (to("X", "Xs"), "a_sponsor", "a_x"),
    ],
)
def test_the_article_goes_with_the_new_name(name, old, new):
    assert name.plain(old) == new


def test_prose_in_python_has_words_and_code_has_identifiers():
    old = (
        '"""Sponsors of a sponsor, and `sponsors`."""\n'
        "\n"
        "\n"
        "def sponsors(sponsor):\n"
        '    """The sponsors, of which a sponsor is one."""\n'
        "    # a sponsor is here, see sponsor.name and sponsors[0]\n"
        '    return f"/sponsors/{sponsor.id}", "sponsors"\n'
    )

    renamed = LINE_ITEMS.content(old, "domain/sponsor.py")

    assert renamed == (
        '"""LineItems of a line item, and `line_items`."""\n'
        "\n"
        "\n"
        "def line_items(line_item):\n"
        '    """The line items, of which a line item is one."""\n'
        "    # a line item is here, see line_item.name and line_items[0]\n"
        '    return f"/line_items/{line_item.id}", "line_items"\n'
    )


def test_prose_in_markdown_has_words_and_its_code_has_identifiers():
    old = "Two sponsors, a sponsor's `sponsors`.\n\n```sh\ncurl /sponsors # all sponsors\n```\n\nSee sponsors.py (sponsor).\n"

    renamed = LINE_ITEMS.content(old, "README.md")

    assert renamed == (
        "Two line items, a line item's `line_items`.\n"
        "\n"
        "```sh\n"
        "curl /line_items # all line items\n"
        "```\n"
        "\n"
        "See line_items.py (line item).\n"
    )


def test_files_of_other_kinds_have_no_prose():
    assert LINE_ITEMS.content("# all sponsors\n", "Makefile") == "# all line_items\n"


@pytest.mark.parametrize("name", [to("Sponsorship", "Sponsorships"), to("SponsorTeam", "SponsorTeams")])
def test_a_new_name_is_never_taken_for_the_old_one(name):
    renamed = name.plain("Sponsor, Sponsors; Sponsor")

    assert renamed == f"{name.name.singular}, {name.name.plural}; {name.name.singular}"


def test_what_takes_the_place_of_a_literal_is_not_renamed():
    literal = Renamer(Name("Order", "Orders"), {"Team Service": "A Sponsor Service", "team-service": "sponsor-service"})

    assert literal.plain("Team Service, team-service, sponsor") == "A Sponsor Service, sponsor-service, order"


def test_literals_are_replaced_as_they_stand_and_the_longest_comes_first():
    old = "The team-service authors run team-service (team_service, TEAM_SERVICE_TABLE, Team Service)"

    renamed = ORDERS.plain(old)

    assert renamed == "Ann O'Neill run shop-service (shop_service, SHOP_SERVICE_TABLE, Shop Service)"


def test_json_is_renamed_in_keys_and_values_and_sorted_by_its_new_keys():
    old = json.dumps({"Player": 1, "Sponsor": {"sponsors": ["a sponsor", 2, None, True]}, "/sponsors": "list_sponsors"})

    renamed = LINE_ITEMS.content(old, "tests/openapi/sponsors.json")

    assert renamed.endswith("\n}\n")
    assert json.loads(renamed) == {
        "/line_items": "list_line_items",
        "LineItem": {"line_items": ["a line item", 2, None, True]},
        "Player": 1,
    }
    assert [*json.loads(renamed)] == ["/line_items", "LineItem", "Player"]


def test_json_keeps_what_is_not_ascii():
    assert ORDERS.content('{"ü": "é"}', "x.json") == '{\n  "ü": "é"\n}\n'


@pytest.mark.parametrize(
    "text",
    ["a team", "Teams", "players", "TEAMS", "TransferPlayer", "Football", "teams.py", "team_id", "from_team", "aTeam"],
)
def test_a_word_of_the_example_is_a_mention(text):
    assert mentions_example(text)


@pytest.mark.parametrize("text", ["Transfer-Encoding", "steam", "transferred", "Teamwork", "TEAMWORK", "sponsor", ""])
def test_a_word_that_only_looks_like_the_example_is_none(text):
    assert not mentions_example(text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("domain/team.py", True),
        ("tests/usecases/test_transfers.py", True),
        ("tests/infrastructure/http/openapi/players.json", True),
        ("domain/sponsor.py", False),
        ("teams/sponsor.py", False),
        ("README.md", False),
    ],
)
def test_a_file_is_of_the_example_by_its_own_name(path, expected):
    assert is_of_example(path) is expected


def without(text: str, path: str = "docs/x.md") -> str:
    return without_example(text, path, ORDERS.without_literals)


def test_in_code_the_lines_that_mention_the_example_go():
    assert without("one = 1\nteams = 2\nthree = 3\n", "x.py") == "one = 1\nthree = 3\n"


def test_in_code_what_stood_around_closes_up():
    assert without("one = 1\n\n\nteams = 2\n\n\nthree = 3\n", "x.py") == "one = 1\n\n\nthree = 3\n"


@pytest.mark.parametrize("path", ["x.py", "x.md", "Makefile"])
def test_the_name_of_the_service_and_a_header_are_no_mentions(path):
    text = "run team-service\nTEAM_SERVICE_TABLE=x\nTransfer-Encoding: chunked\n"

    assert without(text, path) == text


@pytest.mark.parametrize("path", ["x.py", "x.md", "Makefile"])
def test_a_text_without_a_mention_stays_byte_for_byte(path):
    text = "# One\n\nTwo,\nthree.\n\n- four\n  five\n\n| a | b |\n|---|---|\n| c | d |\n\n```sh\n# x\n\n- y\n```\n"

    assert without(text, path) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(
            "# One\n\nText.\n\n## Teams\n\nText.\n\n### Deeper\n\nText.\n\n## Two\n\nText.\n",
            "# One\n\nText.\n\n## Two\n\nText.\n",
            id="a section, with those below it, by its heading",
        ),
        pytest.param(
            "Before,\nalso.\n\nA team,\nand more.\n\nAfter.\n",
            "Before,\nalso.\n\nAfter.\n",
            id="a paragraph",
        ),
        pytest.param(
            "- one\n- a team\n  or two,\n  or three\n- four\n  five\n",
            "- one\n- four\n  five\n",
            id="an item of a list, with its other lines",
        ),
        pytest.param(
            "1. one\n2. two,\n   a player\n3. three\n",
            "1. one\n3. three\n",
            id="an item of a numbered list, for one of its other lines",
        ),
        pytest.param(
            "| a | b |\n|---|---|\n| c | team |\n| d | e |\n",
            "| a | b |\n|---|---|\n| d | e |\n",
            id="a row of a table",
        ),
        pytest.param(
            "```text\ndomain/\n  team.py\n\n  text.py\n```\n",
            "```text\ndomain/\n\n  text.py\n```\n",
            id="a line of a block of text",
        ),
        pytest.param(
            "Before.\n\n```python\none = 1\n\nteam = 2\n```\n\nAfter.\n",
            "Before.\n\nAfter.\n",
            id="any other block, whole",
        ),
        pytest.param(
            "# One\n\n```sh\n# team\n```\n\nText.\n",
            "# One\n\nText.\n",
            id="no section for a comment in a block",
        ),
        pytest.param("Text.\n\nA team.\n", "Text.\n", id="the end"),
    ],
)
def test_in_markdown_what_mentions_the_example_goes_as_a_whole(text, left):
    assert without(text) == left
