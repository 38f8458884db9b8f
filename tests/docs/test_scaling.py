"""The page about scaling says what the load model computes, and nothing else."""

import re

import pytest

from benchmarks.docs import filled
from benchmarks.load_model import limits
from benchmarks.load_model.__main__ import PAGE
from benchmarks.load_model.limits import Limit
from benchmarks.load_model.paper import ceilings
from benchmarks.load_model.service import Service
from benchmarks.load_model.tables import blocks
from benchmarks.load_model.tables import share
from benchmarks.load_model.tables import short
from benchmarks.load_model.tables import time

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_those_of_the_model():
    made = blocks()

    assert set(re.findall(r"<!-- generated: ([a-z]+) -->", TEXT)) == set(made)
    assert filled(TEXT, made) == TEXT


def test_every_ceiling_has_its_arithmetic_on_the_page():
    rows = re.findall(
        r"^\| ((?:item|partition|index|table|account|API|relay)[^|]*?) \| [^|]+ \| [^|]+ \| [^|]+ \|$",
        TEXT,
        re.MULTILINE,
    )

    explained = {name for row in rows for name in row.split(", ")}

    assert explained >= {each.name for each in ceilings(Service())}


def test_every_limit_names_a_page_of_aws():
    every = [each for each in vars(limits).values() if isinstance(each, Limit)]

    assert len(every) > 10
    assert all(re.match(r"https://(docs\.)?aws\.amazon\.com/", each.source) for each in every)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (short(0.05), "0.05"),
        (short(312.5), "312"),
        (short(2.25e6), "2.25 million"),
        (short(1e9), "1 billion"),
        (share(0), "0%"),
        (share(0.0004), "under 0.1%"),
        (share(0.051), "5.1%"),
        (share(51), "5,100%"),
        (time(0), "0 s"),
        (time(599), "10 minutes"),
        (time(float("inf")), "never"),
        (time(23 * 3600), "23 hours"),
    ],
)
def test_numbers_are_shown_with_as_many_digits_as_mean_something(shown, expected):
    assert shown == expected
