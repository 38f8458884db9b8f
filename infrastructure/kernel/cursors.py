"""Cursors: opaque, bound to their listing, the same for every adapter."""

import base64
import hashlib
from typing import Any

from domain.kernel.errors import InvalidCursor
from domain.kernel.repository import Query

_FORMAT = b"\x01"
_DIGEST = 8
_CHECKSUM = 8


def encode_cursor(kind: type[Any], query: Query, sort_key: str) -> str:
    """The cursor of the page of `query` that begins after `sort_key`."""
    body = _FORMAT + _digest(_listing(kind, query), _DIGEST) + sort_key.encode()
    return base64.urlsafe_b64encode(body + _digest(body, _CHECKSUM)).decode().rstrip("=")


def decode_cursor(kind: type[Any], query: Query, cursor: str) -> str:
    """The sort key that the page begins after.

    Raises:
        InvalidCursor: it is damaged, or was made for another query or kind.
    """
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        body, checksum = sealed[:-_CHECKSUM], sealed[-_CHECKSUM:]
        head = _FORMAT + _digest(_listing(kind, query), _DIGEST)
        if checksum != _digest(body, _CHECKSUM) or not body.startswith(head):
            raise InvalidCursor
        sort_key = body[len(head) :].decode()
    except ValueError as exc:
        raise InvalidCursor from exc
    if encode_cursor(kind, query, sort_key) != cursor:
        raise InvalidCursor
    return sort_key


def _listing(kind: type[Any], query: Query) -> bytes:
    return f"{kind.__name__}\0{query!a}".encode()


def _digest(data: bytes, size: int) -> bytes:
    return hashlib.blake2b(data, digest_size=size).digest()
