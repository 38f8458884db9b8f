"""What is promised of values: each is read back as it was, whatever it looks like in a store."""

from contextlib import suppress
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed
from tests.kernel.builders.times import ClockChange
from tests.kernel.contracts.base import walk
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Cuboid
from tests.kernel.service.domain import Grade
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import Sphere

FIELDS: dict[str, dict[str, Any]] = {
    "decimal-with-a-zero-at-its-end": {"amount": Decimal("1.50"), "ratio": -0.0},
    "decimal-with-an-exponent": {"amount": Decimal("1E+2"), "ratio": 3},
    "signed-zeros": {"amount": Decimal("-0.00"), "ratios": (1, 1e20, 1e-7, -0.0)},
    "money": {"price": "1.5", "discount": 2, "grams": "0.1"},
    "negative-zero": {"price": Decimal("-0"), "parts": (Part(label="a", weight=Decimal("10.0")),)},
    "offset-with-seconds": {"moment": datetime(2026, 1, 31, tzinfo=timezone(timedelta(hours=1, seconds=7)))},
    "hour-of-a-clock-change": {"moment": datetime(2026, 10, 25, 2, 30, tzinfo=ClockChange(), fold=1)},
    "set-of-datetimes": {
        "moments": {datetime(2026, 1, day, tzinfo=timezone(timedelta(hours=day))) for day in range(1, 9)}
    },
    "sets": {"tags": {f"tag {number}" for number in range(50)}, "numbers": set(range(-50, 50))},
    "set-of-a-union": {"weights": {Decimal("1.50"), "1.50", None}, "blobs": {b"b", b"a", b""}},
    "enum-and-pattern": {"colour": "green", "code": "Z-007"},
    "enum-of-numbers-and-literal": {"grade": 2, "packing": "tight", "pair": (7, "7")},
    "tagged-values": {"form": Cuboid(edges=(Decimal(1), Decimal("2.50"), Decimal("0.3")))},
    "other-tagged-values": {"form": Sphere(radius=Decimal("1E+1"))},
    "sets-of-texts-that-are-none": {
        "references": {UUID(int=1), UUID(int=2)},
        "days": {date(2026, 1, 31), date(2026, 2, 1)},
        "colours": {Colour.GREEN, Colour.RED},
    },
    "numbers-where-texts-could-be": {"measure": Decimal("1.5"), "since": 0, "until": 1.5, "rank": Grade.FINE},
    "bytes-where-texts-could-be": {"content": b"hi", "mixture": (b"", b"1.5", b"hi")},
    "texts-where-others-could-be": {
        "since": datetime(2026, 1, 31, tzinfo=UTC),
        "until": date(2026, 1, 31),
        "rank": Colour.GREEN,
        "origin": UUID(int=1),
        "notes": "a text",
    },
    "all-in-one": {"notes": ("a", "b"), "mixture": (Decimal("1.5"), "1.5", b"1.5", True, "true", None, "None", "")},
}

TEXTS = (
    "1.5",
    "1E+2",
    "-0",
    "0",
    "",
    "NaN",
    "Infinity",
    "aGk=",
    "6869",
    "hi",
    "true",
    "null",
    "None",
    "[]",
    "{}",
    "1.50",
)
"""Texts that look like numbers, bytes or something else, in the ways that stores write these."""


class ValuesContract:
    """What is promised of values."""

    @pytest.fixture
    def specimens(self, container: Container) -> Repository[Specimen]:
        return container.specimens()

    @pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
    def test_every_value_is_rendered_as_it_was_given_by_every_read(self, specimens, fields):
        specimen = a_specimen(**fields)

        added = specimens.add(specimen)
        saved = specimens.save(added)

        assert added.model_dump_json() == specimen.at_version(1).model_dump_json()
        [listed] = specimens.page(Everything(), limit=10).items
        [looked_up] = specimens.get_many([specimen.id])
        read = specimens.get(specimen.id)
        for found in (saved, read, looked_up, listed):
            assert found == specimen.at_version(2)
            assert found.model_dump_json() == specimen.at_version(2).model_dump_json()

    def test_a_text_stays_a_text_whatever_it_looks_like(self, specimens):
        written = {
            text: a_specimen(measure=text, content=text, mixture=(text,), weights={text}, either=text, text=text)
            for text in TEXTS
        }

        specimens.put_many(written.values())

        found = {text: specimens.get(specimen.id) for text, specimen in written.items()}
        changed = {
            (text, field): getattr(found[text], field)
            for text, specimen in written.items()
            for field in ("measure", "content", "mixture", "weights", "either", "text")
            if repr(getattr(found[text], field)) != repr(getattr(specimen, field))
        }
        assert changed == {}

    def test_an_expired_entity_is_as_any_other_as_long_as_it_is_there(self, specimens):
        others = [a_specimen(name) for name in ("Amber", "Coal")]
        expired = a_specimen("Beryl", expires_at=datetime(2026, 1, 31, tzinfo=UTC))
        specimens.put_many(others)
        first, last = (other.at_version(1) for other in others)

        try:
            stored = specimens.add(expired)
            saved = specimens.save(renamed(stored))
            read = specimens.get(expired.id, consistent=True)
        except NotFound:  # the store has removed it, as it may
            assert list(walk(specimens, Everything(), limit=1)) == [first, last]
            return

        assert saved == read == renamed(expired).at_version(2)
        listed = list(walk(specimens, Everything(), limit=1))
        is_gone = specimens.get_many([expired.id]) == []  # looked at last, for what is gone stays gone
        assert listed == [first, saved, last] or (is_gone and listed == [first, last])
        with suppress(NotFound):  # removed by the store since
            specimens.remove(read)
        assert list(walk(specimens, Everything(), limit=1)) == [first, last]
