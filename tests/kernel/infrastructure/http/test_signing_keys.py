"""The keys of an issuer: fetched, kept, fetched again, and not to be had."""

import json
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress

import pytest
from jwt.algorithms import RSAAlgorithm

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.http.signing_keys import FETCH_SECONDS
from infrastructure.kernel.http.signing_keys import FRESH_SECONDS
from infrastructure.kernel.http.signing_keys import MAX_ANSWER
from infrastructure.kernel.http.signing_keys import PAUSE_SECONDS
from infrastructure.kernel.http.signing_keys import SigningKeys
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.clients import over_http
from tests.kernel.infrastructure.http.serving import wait_until
from tests.kernel.issuer import DISCOVERY
from tests.kernel.issuer import KEYS
from tests.kernel.issuer import Issuer
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.endpoints import READ
from usecases.kernel.deadline import within


class Clock:
    """Tells a time that only tests change."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer():
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys(issuer, clock):
    return SigningKeys(issuer.url, clock=clock)


def is_down(issuer: Issuer) -> None:
    issuer.answers.clear()


def test_keys_are_fetched_when_the_first_is_asked_for_and_then_kept(keys, issuer):
    assert issuer.asked == []

    found = [keys.find(issuer.key_id) for _ in range(3)]

    assert {key.key_id for key in found} == {issuer.key_id}
    assert issuer.asked == [DISCOVERY, KEYS]


def test_keys_are_fetched_anew_after_ten_minutes(keys, issuer, clock):
    keys.find(issuer.key_id)
    clock.now += 10 * 60 - 1
    keys.find(issuer.key_id)
    assert issuer.asked == [DISCOVERY, KEYS]

    clock.now += 1
    keys.find(issuer.key_id)
    assert issuer.asked == [DISCOVERY, KEYS] * 2


def test_a_new_key_is_found_when_the_first_token_names_it_and_the_old_one_is_gone(keys, issuer, clock):
    old = issuer.key_id
    keys.find(old)
    issuer.rotate()
    clock.now += PAUSE_SECONDS

    assert keys.find(issuer.key_id).key_id == issuer.key_id
    assert keys.find(old) is None


def test_made_up_keys_cause_one_fetch_in_ten_seconds(keys, issuer, clock):
    assert [keys.find(f"made-up-{number}") for number in range(100)] == [None] * 100
    assert issuer.asked == [DISCOVERY, KEYS]

    clock.now += 10
    assert [keys.find(f"made-up-{number}") for number in range(100)] == [None] * 100
    assert issuer.asked == [DISCOVERY, KEYS] * 2


def test_while_the_issuer_is_down_known_keys_are_used_for_two_hours(keys, issuer, clock):
    keys.find(issuer.key_id)
    is_down(issuer)

    clock.now = 2 * 60 * 60 - 1
    assert keys.find(issuer.key_id).key_id == issuer.key_id
    clock.now += 1
    with pytest.raises(Unavailable, match=r"the keys of the issuer cannot be fetched: .* answers with 404"):
        keys.find(issuer.key_id)


def test_while_the_issuer_is_down_there_is_no_telling_of_a_key_that_is_not_known(keys, issuer, clock):
    keys.find(issuer.key_id)
    is_down(issuer)
    clock.now += PAUSE_SECONDS

    for _ in range(2):
        with pytest.raises(Unavailable):
            keys.find("perhaps-new")
    assert issuer.asked == [DISCOVERY, KEYS, DISCOVERY]


def test_an_issuer_that_was_down_at_first_is_asked_again_after_a_while(keys, issuer, clock):
    answers = dict(issuer.answers)
    is_down(issuer)
    for _ in range(2):
        with pytest.raises(Unavailable):
            keys.find(issuer.key_id)
    issuer.answers |= answers
    clock.now += PAUSE_SECONDS

    assert keys.find(issuer.key_id).key_id == issuer.key_id
    assert keys.find("unknown") is None
    assert issuer.asked == [DISCOVERY, DISCOVERY, KEYS]


def test_an_issuer_that_is_down_is_logged_once_a_try(keys, issuer, caplog):
    is_down(issuer)
    for _ in range(3):
        with pytest.raises(Unavailable):
            keys.find(issuer.key_id)

    [record] = caplog.records
    assert (record.levelname, f"{issuer.url}{DISCOVERY} answers with 404" in record.getMessage()) == ("WARNING", True)


def test_many_threads_cause_one_fetch(keys, issuer):
    begin = threading.Barrier(20)
    found = []

    def find() -> None:
        begin.wait()
        found.append(keys.find(issuer.key_id).key_id)

    threads = [threading.Thread(target=find) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [issuer.key_id] * 20
    assert issuer.asked == [DISCOVERY, KEYS]


@pytest.fixture
def unanswered(issuer, monkeypatch) -> Callable[[], list[float]]:
    """Has the issuer answer no more. A fetch is given up as soon as it is asked; how long each would have waited."""

    def unanswered() -> list[float]:
        waits: list[float] = []
        asked = len(issuer.asked)

        def wait(_: object, seconds: float) -> None:
            waits.append(seconds)
            wait_until(lambda: len(issuer.asked) == asked + len(waits))

        issuer.answering.clear()
        monkeypatch.setattr("usecases.kernel.deadline.wait", wait)
        return waits

    return unanswered


@contextmanager
def fetching(keys: SigningKeys, issuer: Issuer, key_id: str) -> Iterator[None]:
    """Another thread fetches the keys meanwhile, and the issuer does not answer."""

    def find() -> None:
        with suppress(Unavailable):
            keys.find(key_id)

    asked = len(issuer.asked)
    issuer.answering.clear()
    thread = threading.Thread(target=find)
    thread.start()
    wait_until(lambda: len(issuer.asked) > asked)
    yield
    issuer.answering.set()
    thread.join()


def test_nobody_waits_for_a_key_that_is_unknown_while_the_issuer_is_slow(keys, issuer, clock):
    keys.find(issuer.key_id)
    clock.now += PAUSE_SECONDS

    with fetching(keys, issuer, "made-up"):
        for _ in range(3):
            with pytest.raises(Unavailable, match="are not fetched yet"):
                keys.find("made-up")
        assert keys.find(issuer.key_id).key_id == issuer.key_id


def test_the_first_keys_are_waited_for_no_longer_than_a_request_has(keys, issuer):
    with (
        fetching(keys, issuer, issuer.key_id),
        within(0.3, buffer=0.2),
        pytest.raises(Unavailable, match="are not fetched yet"),
    ):
        keys.find(issuer.key_id)


def test_an_issuer_that_does_not_answer_in_time_is_as_one_that_is_down(keys, issuer, clock, unanswered):
    keys.find(issuer.key_id)
    clock.now += FRESH_SECONDS
    unanswered()

    with within(1000, buffer=1):
        assert keys.find(issuer.key_id).key_id == issuer.key_id
        with pytest.raises(Unavailable, match="did not answer in time"):
            keys.find("perhaps-new")

    assert issuer.asked == [DISCOVERY, KEYS, DISCOVERY]


def test_a_fetch_ends_though_the_issuer_never_answers(keys, issuer, unanswered):
    waits = unanswered()

    with pytest.raises(Unavailable, match="did not answer in time"):
        keys.find(issuer.key_id)

    assert len(waits) == 1
    assert 0 < waits[0] <= FETCH_SECONDS


def test_without_time_nothing_is_fetched_and_the_next_request_has_its_own_try(keys, issuer):
    with within(1, buffer=2), pytest.raises(Unavailable):
        keys.find(issuer.key_id)
    assert issuer.asked == []

    assert keys.find(issuer.key_id).key_id == issuer.key_id


def test_with_keys_that_are_old_a_request_without_time_is_served(keys, issuer, clock):
    keys.find(issuer.key_id)
    clock.now += FRESH_SECONDS

    with within(1, buffer=2):
        assert keys.find(issuer.key_id) is not None
    assert issuer.asked == [DISCOVERY, KEYS]


def test_firewalls_do_not_take_the_service_for_a_script(keys, issuer):
    keys.find(issuer.key_id)

    assert issuer.agents
    assert not any("urllib" in agent.lower() for agent in issuer.agents)


@pytest.mark.parametrize("end", ["/", "/pool/"])
def test_an_issuer_may_end_with_a_slash(issuer, clock, end):
    told = json.loads(issuer.answers.pop(DISCOVERY))
    issuer.answers[f"{end.rstrip('/')}{DISCOVERY}"] = json.dumps({**told, "issuer": issuer.url + end}).encode()

    assert SigningKeys(issuer.url + end, clock=clock).find(issuer.key_id) is not None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b"\xff",
        b" " * MAX_ANSWER + b"{}",
        b'{"keys": [' + b" " * 10_000_000 + b"]}",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [7, {}, {"kty": "RSA"}, {"kty": ["RSA"], "alg": {}}]}',
        b'{"keys": [{"kty": "oct", "kid": "key-1", "k": "c2VjcmV0"}]}',
    ],
    ids=lambda answer: ascii(answer[:30]),
)
def test_an_issuer_that_answers_nonsense_lets_nobody_in(keys, issuer, answer):
    issuer.answers[KEYS] = answer

    with pytest.raises(Unavailable, match="the keys of the issuer cannot be"):
        keys.find(issuer.key_id)


def test_an_answer_that_is_too_long_is_not_used_though_it_has_the_key(keys, issuer):
    issuer.answers[KEYS] += b" " * (MAX_ANSWER - len(issuer.answers[KEYS]))
    assert keys.find(issuer.key_id) is not None

    issuer.answers[KEYS] += b" "
    with pytest.raises(Unavailable, match=f"has more than {MAX_ANSWER} bytes"):
        SigningKeys(issuer.url).find(issuer.key_id)


def test_an_address_that_http_cannot_ask_for_lets_nobody_in(keys, issuer):
    issuer.answers[DISCOVERY] = json.dumps({"issuer": issuer.url, "jwks_uri": f"{issuer.url}/a b"}).encode()

    with pytest.raises(Unavailable, match="the keys of the issuer cannot be fetched"):
        keys.find(issuer.key_id)


def test_a_private_key_that_is_published_lets_nobody_in(keys, issuer):
    private = RSAAlgorithm.to_jwk(issuer.key, as_dict=True)
    issuer.answers[KEYS] = json.dumps({"keys": [{**issuer.public_key, **private}]}).encode()

    with pytest.raises(Unavailable, match="has none"):
        keys.find(issuer.key_id)


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"kid": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES256"},
        {"n": None},
        {"n": 7},
        {"n": "AQ"},
    ],
    ids=str,
)
def test_keys_that_are_not_for_signatures_are_left_out(keys, issuer, change):
    others = {**issuer.public_key, "kid": "other", **change}
    issuer.answers[KEYS] = json.dumps({"keys": [others, issuer.public_key]}).encode()

    assert keys.find("other") is None
    assert keys.find(issuer.key_id).key_id == issuer.key_id


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"issuer": "https://example.com"}, "calls itself 'https://example.com'"),
        ({"issuer": None}, "calls itself None"),
        ({"jwks_uri": "http://keys.example.com/"}, "which is no https URL"),
        ({"jwks_uri": "file:///etc/passwd"}, "which is no https URL"),
        ({"jwks_uri": "https://[::1"}, "which is no https URL"),
        ({"jwks_uri": 7}, "which is no https URL"),
    ],
    ids=str,
)
def test_an_issuer_that_is_not_what_the_settings_say_is_a_matter_of_configuration(keys, issuer, change, reason):
    issuer.answers[DISCOVERY] = json.dumps({**json.loads(issuer.answers[DISCOVERY]), **change}).encode()

    with pytest.raises(Misconfigured, match=reason):
        keys.find(issuer.key_id)


def test_nobody_is_followed_to_another_address(keys, issuer):
    with Issuer() as other:
        issuer.moved = other.url

        with pytest.raises(Unavailable, match="302"):
            keys.find(issuer.key_id)

        assert other.asked == []


class TestTheApi:
    def test_answers_503_while_the_issuer_is_down_and_serves_when_it_is_back(self, container, portal, issuer):
        answers = dict(issuer.answers)
        is_down(issuer)
        api = over_http(container, ENDPOINTS, portal, issuer)
        token = {"authorization": f"Bearer {issuer.token(READ)}"}

        down = api.get("/crates", headers=token)
        health = api.get("/health/ready")
        issuer.answers |= answers
        back = over_http(container, ENDPOINTS, portal, issuer).get("/crates", headers=token)

        assert problem(down) == (503, "unavailable")
        assert down.headers["retry-after"] == "1"
        assert (health.status_code, back.status_code) == (200, 200)

    def test_answers_503_if_nobody_listens_where_the_issuer_should_be(self, container, portal):
        with Issuer() as issuer:
            token = {"authorization": f"Bearer {issuer.token(READ)}"}
        api = over_http(container, ENDPOINTS, portal, issuer)

        assert problem(api.get("/crates", headers=token)) == (503, "unavailable")
