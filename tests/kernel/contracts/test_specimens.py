"""Specimens, which have a field of every type, keep the contract: every value is read back, and rendered, as it was."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import BaseModel

from domain.kernel import storable
from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.repository import Repository
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import parts_inside_one_another
from tests.kernel.builders.specimens import renamed
from tests.kernel.builders.times import ClockChange
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.contracts.values import ValuesContract
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Cuboid
from tests.kernel.service.domain import Grade
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenAssembled
from tests.kernel.service.domain import SpecimenPriced
from tests.kernel.service.domain import Sphere

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
ahead = st.datetimes(
    min_value=datetime(2126, 1, 31),  # noqa: DTZ001  # a zone is added
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001  # a zone is added
    timezones=st.just(UTC) | offsets | st.just(ClockChange()),
)
"""In no test's past: what is over, a store may remove between two lines of a test."""
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
    grade=st.sampled_from(Grade),
    packing=st.sampled_from(["loose", "tight"]),
    form=st.none() | st.builds(Sphere, radius=decimals) | st.builds(Cuboid, edges=st.tuples(*[decimals] * 3)),
    pair=st.tuples(integers, texts),
    references=st.frozensets(st.uuids()),
    days=st.frozensets(st.dates()),
    colours=st.frozensets(st.sampled_from(Colour)),
    measure=decimals | texts | decimals.map(str),
    content=st.binary() | texts | st.binary().map(lambda content: b64encode(content).decode()),
    since=moments | integers | st.none(),
    until=st.dates() | floats | st.none(),
    origin=st.uuids() | st.booleans(),
    rank=st.sampled_from(Grade) | st.sampled_from(Colour),
    notes=st.lists(texts).map(tuple) | texts,
    mixture=st.lists(decimals | st.binary() | st.booleans() | texts | decimals.map(str) | st.none()).map(tuple),
    expires_at=st.none() | ahead,
)


class TestSpecimens(RepositoryContract[Specimen]):
    provider, make, changed = "specimens", staticmethod(a_specimen), staticmethod(renamed)
    named = staticmethod(a_specimen)


class TestValues(ValuesContract):
    pass


def test_specimens_have_a_field_of_every_type_that_can_be_stored():
    types = {leaf for field in Specimen.model_fields.values() for leaf in storable.leaves(field.annotation)}

    assert {*storable._TEXTS, *storable._NUMBERS, *storable._OTHERS} - types == set()
    assert {base for base in (Enum, BaseModel) if not any(issubclass(type, base) for type in types)} == set()


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
