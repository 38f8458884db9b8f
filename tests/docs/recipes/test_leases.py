"""One holds a lease at a time, and whoever lost it is kept out by the token."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from dependency_injector.providers import Object
from ulid import ULID

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.repository import Everything
from tests.docs.recipes.club.domain.leases import Lease
from tests.docs.recipes.club.usecases.leases import LENGTH
from tests.docs.recipes.club.usecases.leases import AcquireLeaseRequest
from tests.docs.recipes.club.usecases.leases import AnnounceRequest
from tests.docs.recipes.club.usecases.leases import HeldLeaseRequest
from tests.docs.recipes.club.usecases.leases import create_lease
from tests.kernel.contracts.races import race
from tests.kernel.usecases.races import interfere

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LEASE = "weekly-letter"


@pytest.fixture(autouse=True)
def _noon(club):
    club.now.override(Object(NOON))
    create_lease(club.leases(), LEASE)


@pytest.fixture
def acquire(club):
    return lambda: club.acquire_lease().execute(AcquireLeaseRequest(id=LEASE, holder=str(ULID())))


@pytest.fixture
def announce(club):
    def announce(token):
        return club.announce().execute(AnnounceRequest(lease_id=LEASE, token=token, text="Letter is out"))

    return announce


def held(token):
    return HeldLeaseRequest(id=LEASE, expected_version=token)


def notices(club):
    return club.notices().page(Everything(), limit=10).items


def test_a_lease_is_created_once(club, acquire):
    lease = acquire()

    create_lease(club.leases(), LEASE)

    assert club.leases().get(LEASE) == lease


def test_of_several_at_once_one_gets_it(club, acquire):
    outcomes = race(lambda _: acquire(), range(4))

    [lease] = [outcome for outcome in outcomes if isinstance(outcome, Lease)]
    assert [type(outcome) for outcome in outcomes if outcome is not lease] == [InvalidArgument] * 3
    assert club.leases().get(LEASE, consistent=True) == lease


def test_a_lease_that_was_not_renewed_goes_to_the_next_with_a_greater_token(club, acquire):
    first = acquire()

    with club.now.override(Object(NOON + LENGTH)):
        second = acquire()

    assert second.version > first.version
    for late in (club.renew_lease(), club.release_lease()):
        with pytest.raises(Conflict):
            late.execute(held(first.version))
    assert club.leases().get(LEASE) == second


def test_a_renewed_lease_is_held_for_longer(club, acquire):
    lease = acquire()

    with club.now.override(Object(NOON + LENGTH / 2)):
        renewed = club.renew_lease().execute(held(lease.version))

    assert (renewed.holder, renewed.held_until) == (lease.holder, NOON + LENGTH * 3 / 2)
    with club.now.override(Object(NOON + LENGTH)), pytest.raises(InvalidArgument):
        acquire()


def test_a_released_lease_can_be_acquired_at_once_and_its_token_still_grows(club, acquire):
    first = acquire()
    club.release_lease().execute(held(first.version))

    second = acquire()

    assert second.version > first.version
    with pytest.raises(InvalidArgument, match="is free"):
        club.renew_lease().execute(held(club.release_lease().execute(held(second.version)).version))


def test_a_token_has_to_be_given():
    with pytest.raises(InvalidArgument, match="expected_version"):
        HeldLeaseRequest.model_validate({"id": LEASE})


def test_the_holder_may_announce(club, acquire, announce):
    notice = announce(acquire().version)

    assert notices(club) == (notice,)


def test_a_process_takes_the_lease_works_and_frees_it(club):
    lease = club.acquire_lease().execute(AcquireLeaseRequest(id="weekly-letter", holder=str(ULID())))
    club.announce().execute(AnnounceRequest(lease_id=lease.id, token=lease.version, text="The letter is out"))
    club.release_lease().execute(HeldLeaseRequest(id=lease.id, expected_version=lease.version))

    assert [notice.text for notice in notices(club)] == ["The letter is out"]
    assert not club.leases().get(LEASE, consistent=True).is_held(NOON)


def test_who_lost_the_lease_may_not(club, acquire, announce):
    token = acquire().version
    with club.now.override(Object(NOON + LENGTH)):
        acquire()

    with pytest.raises(InvalidArgument, match="the lease was lost"):
        announce(token)

    assert notices(club) == ()


def test_who_loses_the_lease_in_the_midst_of_it_may_not_either(club, acquire, announce):
    token = acquire().version

    def take_over():
        leases = club.leases()
        leases.save(leases.get(LEASE, consistent=True).acquire("other", NOON + LENGTH, timedelta(seconds=30)))

    interfere(club, take_over)
    with pytest.raises(InvalidArgument, match="the lease was lost"):
        announce(token)

    assert notices(club) == ()


def test_who_does_not_know_whether_it_got_the_lease_can_find_out(club):
    request = AcquireLeaseRequest(id=LEASE, holder=str(ULID()))
    club.acquire_lease().execute(request)  # the answer of which is lost

    lease = club.leases().get(LEASE, consistent=True)

    assert lease.holder == request.holder
