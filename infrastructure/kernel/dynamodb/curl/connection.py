"""One connection of libcurl, which brings HTTP, TLS, keep-alive, time limits and signatures."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pycurl

from infrastructure.kernel.aws_codes import CLOCK_REFUSED
from infrastructure.kernel.clock_skew import explains_refusal
from infrastructure.kernel.clock_skew import is_skewed
from infrastructure.kernel.clock_skew import time_of_aws
from infrastructure.kernel.dynamodb.answers import require_believable
from infrastructure.kernel.dynamodb.curl.credentials import Keys
from infrastructure.kernel.dynamodb.curl.setup import Setup
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from usecases.kernel.deadline import deadline
from usecases.kernel.deadline import require_time

_FIXED_HEADERS = ["Content-Type: application/x-amz-json-1.0", "Accept:", "Expect:"]
_SENDABLE = re.compile(r"[!-~]+")
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_CHECKSUM = re.compile(rb"^x-amz-crc32:[ \t]*([0-9]+)", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(rb"^date:[ \t]*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
_AGENT = pycurl.version.partition(" ")[0]
_CREDENTIALS_SECONDS = 2


class Connection:
    """A connection, for one thread at a time."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._begun = 0
        self._head = BytesIO()
        self._keys: Keys | None = None
        self._asked: tuple[str, str | None] = ("", None)
        self._milliseconds = 0
        self._curl = curl = pycurl.Curl()
        curl.setopt(pycurl.URL, setup.url)
        curl.setopt(pycurl.AWS_SIGV4, f"aws:amz:{setup.region}:dynamodb")
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, round(setup.connect_seconds * 1000)))
        curl.setopt(pycurl.PREREQFUNCTION, self._begin)
        curl.setopt(pycurl.HEADERFUNCTION, self._head.write)
        curl.setopt(pycurl.USERAGENT, _AGENT)
        curl.setopt(pycurl.CAINFO, setup.ca_bundle)
        curl.setopt(pycurl.TCP_KEEPALIVE, 1)  # a connection that a firewall dropped in silence is noticed
        _set_safely(curl)

    def send(self, operation: str, body: bytes, keys: Keys) -> Answer:
        """As `Transport.send`. If the clock is wrong, the request is signed and sent again, once."""
        signed = time_of_aws()
        answer = self._exchange(operation, body, keys, signed)
        if answer.status != HTTPStatus.OK and self._is_refused_by_the_clock(answer, signed):
            answer = self._exchange(operation, body, keys, time_of_aws())
        return answer

    def close(self) -> None:
        self._curl.close()

    def _exchange(self, operation: str, body: bytes, keys: Keys, signed: datetime) -> Answer:
        require_time()
        curl = self._curl
        self._set(operation, keys, signed.strftime(_TIMESTAMP) if is_skewed() else None)
        curl.setopt(pycurl.POSTFIELDS, body)
        self._begun = 0
        self._head.seek(0)
        self._head.truncate()
        try:
            received = curl.perform_rb()
        except pycurl.error as exc:
            raise (NoAnswer if self._begun else NotSent)(f"libcurl says {exc}") from exc
        answer = Answer(curl.getinfo(pycurl.RESPONSE_CODE), received)
        checksum = _CHECKSUM.search(self._head.getvalue())
        require_believable(
            answer,
            content_type=curl.getinfo(pycurl.CONTENT_TYPE),
            checksum=checksum[1].decode() if checksum else None,
        )
        return answer

    def _set(self, operation: str, keys: Keys, date: str | None) -> None:
        """Tells libcurl what has changed since the request before. To tell it everything each time takes longer.

        Raises:
            NotSent: the keys have characters that no header can have.
        """
        limit, curl = deadline(), self._curl
        seconds = self._setup.seconds if limit is None else min(self._setup.seconds, limit.seconds_left())
        milliseconds = max(1, round(seconds * 1000))
        if milliseconds != self._milliseconds:
            curl.setopt(pycurl.TIMEOUT_MS, milliseconds)
            self._milliseconds = milliseconds
        if (operation, date) == self._asked and keys is self._keys:
            return
        if not all(map(_SENDABLE.fullmatch, filter(None, keys))):
            raise NotSent("the credentials have characters that no header can have")
        headers = [f"X-Amz-Target: DynamoDB_20120810.{operation}", *_FIXED_HEADERS]
        headers += [f"X-Amz-Security-Token: {keys.token}"] if keys.token else []
        headers += [f"X-Amz-Date: {date}"] if date else []
        curl.setopt(pycurl.HTTPHEADER, headers)
        curl.setopt(pycurl.USERNAME, keys.id)
        curl.setopt(pycurl.PASSWORD, keys.secret)
        self._asked, self._keys = (operation, date), keys

    def _begin(self, *_: Any) -> int:
        """Called by libcurl just before a request leaves. It would send one again by itself, if a connection breaks."""
        self._begun += 1
        return pycurl.PREREQFUNC_OK if self._begun == 1 else pycurl.PREREQFUNC_ABORT

    def _is_refused_by_the_clock(self, answer: Answer, signed: datetime) -> bool:
        date = _DATE.search(self._head.getvalue())
        is_refused = any(code.encode() in answer.body for code in CLOCK_REFUSED)
        return is_refused and date is not None and explains_refusal(signed, date[1].decode("latin-1"))


def fetch(url: str, headers: Mapping[str, str]) -> bytes:
    """What the container endpoint answers.

    Raises:
        OSError: it does not answer within 2 seconds, or not with the status 200.
    """
    curl = pycurl.Curl()
    _set_safely(curl)
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.TIMEOUT_MS, _CREDENTIALS_SECONDS * 1000)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])
    try:
        received: bytes = curl.perform_rb()
        if curl.getinfo(pycurl.RESPONSE_CODE) != HTTPStatus.OK:
            raise OSError("the container endpoint refuses")
    except pycurl.error as exc:
        raise OSError(f"libcurl says {exc}") from exc
    finally:
        curl.close()
    return received


def _set_safely(curl: pycurl.Curl) -> None:
    """What every handle needs: no other protocol, no proxy, and no signal, which only the main thread can take."""
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    curl.setopt(pycurl.NOPROXY, "*")
    curl.setopt(pycurl.NOSIGNAL, 1)
