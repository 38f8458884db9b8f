"""Which request something belongs to, across threads, processes and events."""

import re
from os import urandom
from typing import NamedTuple
from typing import Self

# https://www.w3.org/TR/trace-context/#traceparent-header: a later version may add something behind a hyphen.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._+/=:-]{1,128}")


class Trace(NamedTuple):
    """What identifies a request.

    Attributes:
        request_id: 1 to 128 of `A-Z a-z 0-9 . _ + / = : -`.
        traceparent: the span in which it happens, as in the header `traceparent` of the W3C.
    """

    request_id: str
    traceparent: str

    @property
    def trace_id(self) -> str:
        """The id of the whole trace, 32 hexadecimal digits."""
        return self.traceparent[3:35]

    @classmethod
    def of(cls, traceparent: object = None, request_id: object = None) -> Self:
        """The trace of these headers. Makes up a missing or invalid traceparent; the request id is by default the trace id."""
        parent = valid_traceparent(traceparent)
        if parent is None:
            made_up = urandom(24).hex()
            parent = f"00-{made_up[:32]}-{made_up[32:]}-00"
        is_valid = isinstance(request_id, str) and _REQUEST_ID.fullmatch(request_id) is not None
        return cls(str(request_id) if is_valid else parent[3:35], parent)

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """The trace that `str` of it wrote; None if that is damaged."""
        parent, _, request_id = text.partition(" ") if isinstance(text, str) else ("", "", "")
        return cls.of(parent, request_id) if valid_traceparent(parent) else None

    def __str__(self) -> str:
        return self.traceparent if self.request_id == self.trace_id else f"{self.traceparent} {self.request_id}"


def valid_traceparent(text: object) -> str | None:
    """`text` in version 00 of the header, if it is valid."""
    match = _TRACEPARENT.fullmatch(text) if isinstance(text, str) and len(text) <= 512 else None
    if match is None or (match[4] and match[0].startswith("00")):
        return None
    return f"00-{match[1]}-{match[2]}-{match[3]}"
