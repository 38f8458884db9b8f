"""Texts with rules: names, ids, and how names are compared."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidArgument
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.text import fold
from domain.kernel.text import has_control_characters
from domain.kernel.value import Value

texts = st.text(st.characters(codec="utf-8"))


class Labelled(Value):
    id: Id = "x"
    name: Name = "x"


# Folding


@given(texts)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(texts, texts)
def test_folding_a_whole_is_folding_its_parts(start, end):
    assert fold(start + end) == fold(start) + fold(end)


@given(texts)
def test_folding_is_the_same_whatever_the_composition(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_folding_ascii_only_lowers_it(text):
    assert fold(text) == text.lower()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Málaga ＣＦ", "malaga cf"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("İstanbul", "istanbul"),
        ("Σίσυφος", "σισυφοσ"),
        ("\u0301\u0302", ""),
        ("Ⅷ", "viii"),
        ("Å", "a"),
    ],
)
def test_case_accents_and_compatibility_forms_are_ignored(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("letter", ["ø", "ł", "ı", "đ", "æ"])
def test_letters_that_only_look_accented_stay_themselves(letter):
    assert fold(letter) == letter
    assert fold(letter.upper()) == ("i" if letter == "ı" else letter)


@pytest.mark.parametrize("character", ["\0", "\n", "\x1f", "\x7f", "\x80", "\x9f", "\ud800", chr(0xDFFF)], ids=ascii)
def test_control_characters_and_lone_surrogates_are_found_anywhere(character):
    assert all(has_control_characters(text) for text in (character, f"a{character}", f"{character}a"))


@pytest.mark.parametrize("text", ["", "a b", "\u200b", "👩‍👩‍👧", "\u0301", "\U0010ffff", "\u2028"], ids=ascii)
def test_other_characters_are_no_control_characters(text):
    assert not has_control_characters(text)


def test_control_characters_and_surrogates_are_those_of_unicode():
    found = {code for code in range(sys.maxunicode + 1) if has_control_characters(chr(code))}

    assert found == {code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cs")}


# Names


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "x" * 100,
        "Ünïted 🏟",
        "👩‍👩‍👧 FC",
        "\u0301",
        "\u0301" * 100,
        "\ufdfa" * 100,
        "\U0010ffff",
        "a  b",
        "\u200b",
        "'; DROP TABLE --",
    ],
    ids=ascii,
)
def test_a_name_is_kept_as_it_is(name):
    assert Labelled(name=name).name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\t\r\n ",
        "\u3000\xa0",
        "x" * 101,
        "é" * 101,
        "a\0b",
        "a\nb",
        "a\tb",
        "a\x7f",
        "\x85a\x80",
        "\ud800",
        "a\udfffb",
        None,
        7,
        ["a"],
    ],
    ids=ascii,
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InvalidArgument) as refused:
        Labelled(name=name)

    assert [violation.input for violation in refused.value.violations] == ["name"]


def test_the_length_of_a_name_is_counted_when_it_is_trimmed_and_composed():
    decomposed = unicodedata.normalize("NFD", "é" * 100)

    assert Labelled(name=decomposed).name == "é" * 100
    assert Labelled(name=f"  {'x' * 100}\n").name == "x" * 100


def test_a_name_is_the_same_whatever_its_composition():
    assert Labelled(name="Zoe\u0308") == Labelled(name="Zoë")


@given(texts.filter(lambda text: not has_control_characters(text)))
def test_a_name_that_is_taken_is_taken_again_unchanged(text):
    try:
        name = Labelled(name=text).name
    except InvalidArgument:
        assert not 1 <= len(unicodedata.normalize("NFC", text).strip()) <= 100
        return

    assert Labelled(name=name).name == name


# Ids


@pytest.mark.parametrize("id", ["0", "x" * 64, "a_b-C9", "-", "_", "01JD8X4W5Y0V3T7Q2N6M9K1H4B"])
def test_an_id_is_kept_as_it_is(id):
    assert Labelled(id=id).id == id


@pytest.mark.parametrize(
    "id",
    ["", "x" * 65, ".", "..", "a/b", "a#b", "a\0", "a\n", "\na", " a", "a ", "é", "a.b", "٣", "\ud800", None, 7],
    ids=ascii,
)
def test_what_is_no_id_is_refused(id):
    with pytest.raises(InvalidArgument) as refused:
        Labelled(id=id)

    assert [violation.input for violation in refused.value.violations] == ["id"]


# Their schemas


def test_the_rules_of_ids_and_names_are_in_their_schema():
    rules = Labelled.model_json_schema()["properties"]

    assert (rules["id"]["minLength"], rules["id"]["maxLength"]) == (1, 64)
    assert (rules["name"]["minLength"], rules["name"]["maxLength"]) == (1, 100)
    assert rules["id"]["pattern"] == "^[0-9A-Za-z_-]{1,64}$"


@given(texts)
def test_what_the_schema_of_a_name_allows_is_a_name(text):
    rules = Labelled.model_json_schema()["properties"]["name"]
    composed = unicodedata.normalize("NFC", text)

    if rules["minLength"] <= len(composed) <= rules["maxLength"] and re.search(rules["pattern"], composed):
        assert Labelled(name=text).name == composed.strip()


@pytest.mark.parametrize("text", ["", " ", "\u3000", "a\0", "a\nb", "\x85", "a\x7f"], ids=ascii)
def test_the_schema_of_a_name_refuses_what_is_no_name(text):
    assert not re.search(Labelled.model_json_schema()["properties"]["name"]["pattern"], text)
