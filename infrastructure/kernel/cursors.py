"""Cursors: opaque, bound to what was asked, the same for every adapter. Of a query its repr counts."""

import base64
import hashlib
from typing import Any

from domain.kernel.errors import InvalidCursor
from domain.kernel.listable import MAX_POSITION
from domain.kernel.listing import Query
from domain.kernel.repository import MAX_CURSOR

_FORMAT = b"\x01"
_DIGEST = 8
_CHECKSUM = 8


def encode_cursor(kind: type[Any], query: object, position: str) -> str:
    """The cursor of the page of `query` that begins after `position`."""
    body = _FORMAT + _digest(_asked(kind, query), _DIGEST) + position.encode()
    return base64.urlsafe_b64encode(body + _digest(body, _CHECKSUM)).decode().rstrip("=")


def decode_cursor(kind: type[Any], query: object, cursor: str) -> str:
    """The position that the page begins after.

    Raises:
        InvalidCursor: it is damaged, or was made for another query or kind.
    """
    if len(cursor) > MAX_CURSOR:
        raise InvalidCursor
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        body, checksum = sealed[:-_CHECKSUM], sealed[-_CHECKSUM:]
        head = _FORMAT + _digest(_asked(kind, query), _DIGEST)
        if checksum != _digest(body, _CHECKSUM) or not body.startswith(head):
            raise InvalidCursor
        position = body[len(head) :].decode()
    except ValueError as exc:
        raise InvalidCursor from exc
    if encode_cursor(kind, query, position) != cursor or not _can_be(query, position):
        raise InvalidCursor
    return position


def _can_be(query: object, position: str) -> bool:
    """Whether a store that reads `query` can be asked from `position` on. Whoever knows the checksum can write any."""
    prefix = query.prefix if isinstance(query, Query) else ""
    return position.startswith(prefix) and 1 <= len(position.encode()) <= MAX_POSITION


def _asked(kind: type[Any], query: object) -> bytes:
    return f"{kind.__name__}\0{query!a}".encode()


def _digest(data: bytes, size: int) -> bytes:
    return hashlib.blake2b(data, digest_size=size).digest()
