"""A clock that is wrong is found out by the first refusal, and requests are signed by that of AWS from then on."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime

import pytest

from domain.kernel.errors import Misconfigured
from infrastructure.kernel import clock_skew
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import JSON
from tests.kernel.infrastructure.dynamodb.network import an_answer
from tests.kernel.infrastructure.dynamodb.network import deliver

TOLERANCE = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def no_skew_is_known(monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta())


@pytest.fixture
def signed_at(remote):
    """The times that requests were signed at."""
    times = []

    def note(request, **_):
        times.append(datetime.strptime(request.headers["X-Amz-Date"].decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))

    remote.table.client.meta.events.register_first("before-send.dynamodb", note)
    return times


def refusing(code, **head):
    """The request does not arrive; its signature is refused."""
    body = f'{{"__type": "com.amazon.coral.service#{code}", "message": "Signature expired"}}'.encode()
    return lambda _: an_answer(400, {**JSON, **head}, body)


@pytest.mark.parametrize("code", ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"])
@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(days=-3)], ids=["slow", "fast"])
def test_a_request_is_sent_again_with_the_time_of_aws(remote, network, signed_at, code, wrong_by):
    new, there = a_crate(), datetime.now(UTC) + wrong_by
    network.will(refusing(code, Date=format_datetime(there, usegmt=True)))

    added = remote.crates.add(new)
    remote.crates.get(new.id)

    assert added == new.at_version(1)
    assert network.operations() == ["PutItem", "PutItem", "GetItem"]
    assert [abs(at - there) < TOLERANCE for at in signed_at] == [False, True, True]


def test_a_clock_that_is_set_right_later_is_found_out_too(remote, network, signed_at, monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta(hours=1))
    here = datetime.now(UTC)
    network.will(refusing("InvalidSignatureException", Date=format_datetime(here, usegmt=True)), deliver)

    remote.crates.add(a_crate())

    assert [abs(at - here) < TOLERANCE for at in signed_at] == [False, True]


@pytest.mark.parametrize("told", ["nothing", "no-time", "the-same-time"])
def test_a_wrong_signature_that_the_clock_does_not_explain_is_a_wrong_setup_at_once(remote, network, told):
    dates = {
        "no-time": {"Date": "yesterday"},
        "the-same-time": {"Date": format_datetime(datetime.now(UTC), usegmt=True)},
    }
    network.always(refusing("InvalidSignatureException", **dates.get(told, {})))

    with pytest.raises(Misconfigured, match="clock of this machine"):
        remote.crates.add(a_crate())

    assert len(network.sent) == 1
