"""Specimens, which have a field of every type, keep the contract, and every value is read back as it was stored."""

from datetime import UTC
from datetime import timedelta
from datetime import timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.repository import Repository
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen

integers = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)
decimals = st.builds(
    lambda number, top: Decimal((int(number < 0), tuple(map(int, str(abs(number)))), top - len(str(abs(number))))),
    integers.filter(bool),
    st.integers(min_value=-129, max_value=126),
)
floats = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or 1e-130 <= abs(x) < 1e126)
texts = st.text(st.characters(exclude_categories=["Cs"]))
offsets = st.integers(min_value=-1439, max_value=1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
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
    moment=st.datetimes(timezones=st.just(UTC) | offsets),
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
)


class TestSpecimens(RepositoryContract[Specimen]):
    provider, make, changed = "specimens", staticmethod(a_specimen), staticmethod(renamed)


@pytest.fixture
def repository(container: Container) -> Repository[Specimen]:
    return container.specimens()


@given(specimen=specimens)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
def test_every_value_is_read_back_as_it_was_stored(repository, specimen):
    stored = repository.add(specimen)

    assert repository.get(specimen.id) == stored
    assert repository.save(stored).__dict__ == repository.get(specimen.id).__dict__
