"""Specimens, which have a field of every type, keep the contract: every value is read back, and rendered, as it was."""

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import parts_inside_one_another
from tests.kernel.builders.specimens import renamed
from tests.kernel.builders.times import ClockChange
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenAssembled
from tests.kernel.service.domain import SpecimenPriced

integers = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)
decimals = st.builds(
    lambda number, top: Decimal((int(number < 0), tuple(map(int, str(abs(number)))), top - len(str(abs(number))))),
    integers,
    st.integers(min_value=-99, max_value=100),
)
money = st.decimals(min_value=-(10**15), max_value=10**15, places=2) | st.integers(-(10**15), 10**15).map(Decimal)
floats = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or 1e-100 <= abs(x) < 1e100)
texts = st.text(st.characters(exclude_categories=["Cs"]))
offsets = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
moments = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001  # a zone is added
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001  # a zone is added
    timezones=st.just(UTC) | offsets | st.just(ClockChange()),
)
parts = st.recursive(
    st.builds(Part, label=texts, weight=decimals, parts=st.just(())),
    lambda inner: st.builds(Part, label=texts, weight=decimals, parts=st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
specimens = st.builds(
    a_specimen,
    text=texts,
    number=integers,
    amount=decimals,
    ratio=floats,
    flag=st.booleans(),
    moment=moments,
    day=st.dates(),
    reference=st.uuids(),
    colour=st.sampled_from(Colour),
    raw=st.binary(),
    words=st.lists(texts).map(tuple),
    tags=st.frozensets(texts),
    numbers=st.frozensets(integers),
    blobs=st.frozensets(st.binary()),
    table=st.lists(st.lists(integers).map(tuple)).map(tuple),
    part=st.none() | parts,
    parts=st.lists(parts, max_size=3).map(tuple),
    either=integers | texts,
    price=money,
    discount=st.none() | money,
    grams=st.decimals(min_value=0, max_value=999999, places=3),
    code=st.from_regex(r"\A[A-Z]-[0-9]{1,5}\Z"),
    moments=st.frozensets(moments, max_size=3),
    ratios=st.lists(floats).map(tuple),
    weights=st.frozensets(decimals | texts | st.none()),
)


class TestSpecimens(RepositoryContract[Specimen]):
    provider, make, changed = "specimens", staticmethod(a_specimen), staticmethod(renamed)
    named = staticmethod(a_specimen)


@pytest.fixture
def repository(container: Container) -> Repository[Specimen]:
    return container.specimens()


@given(specimen=specimens)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
def test_every_value_is_read_back_as_it_was_stored(repository, specimen):
    stored = repository.add(specimen)

    assert repository.get(specimen.id) == stored
    assert repository.get(specimen.id).model_dump_json() == stored.model_dump_json()
    assert repository.save(stored).__dict__ == repository.get(specimen.id).__dict__


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
}


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_every_value_is_rendered_as_it_was_given_by_every_read(repository, fields):
    specimen = a_specimen(**fields)

    added = repository.add(specimen)
    saved = repository.save(added)

    assert added.model_dump_json() == specimen.at_version(1).model_dump_json()
    [listed] = repository.page(Everything(), limit=10).items
    [looked_up] = repository.get_many([specimen.id])
    read = repository.get(specimen.id)
    for found in (saved, read, looked_up, listed):
        assert found.model_dump_json() == specimen.at_version(2).model_dump_json()


def test_an_event_with_rules_of_its_own_is_published_as_it_was_given(
    repository: Repository[Specimen], published: Callable[[], list[Event]]
):
    specimen = a_specimen()
    priced = events(
        SpecimenPriced,
        specimen,
        price="1.5",
        grams=Decimal("0.1"),
        code="B-2",
        colour="green",
        moment=datetime(2026, 1, 31, tzinfo=timezone(timedelta(hours=1, seconds=7))),
    )

    repository.add(specimen, priced)

    [found] = published()
    assert found == priced
    assert found.model_dump_json() == priced.model_dump_json()
    assert '"price":"1.50","grams":"0.100","code":"B-2","colour":"green"' in found.model_dump_json()


def test_the_deepest_entity_is_stored_and_published_with_the_deepest_event(
    repository: Repository[Specimen], container: Container, published: Callable[[], list[Event]]
):
    deepest = parts_inside_one_another(12)
    specimen = a_specimen(parts=deepest)

    added = repository.add(specimen, assembled := events(SpecimenAssembled, specimen, parts=deepest))
    saved = repository.save(added, assembled_again := events(SpecimenAssembled, added, parts=deepest))
    with container.unit_of_work() as work:
        work.of(Specimen).save(saved, in_a_unit := events(SpecimenAssembled, saved, parts=deepest))
        work.commit()
    repository.put_many([other := a_specimen(parts=deepest)])

    assert repository.get(specimen.id) == specimen.at_version(3)
    assert repository.get(other.id) == other.at_version(1)
    assert published() == [assembled, assembled_again, in_a_unit]
    with pytest.raises(InvalidArgument, match="parts: must not have more than 25"):
        saved.evolve(parts=parts_inside_one_another(13))
