"""moto in this process, made honest under threads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from unittest.mock import patch

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

_one_at_a_time = Lock()
_process_request = BotocoreStubber.process_request


def _process_request_alone(*args: Any, **kwargs: Any) -> Any:
    with _one_at_a_time:
        return _process_request(*args, **kwargs)


@contextmanager
def moto() -> Iterator[None]:
    """AWS as moto plays it, empty. By itself it loses updates when two threads call it at once."""
    found = BotocoreStubber.process_request
    BotocoreStubber.process_request = _process_request_alone  # type: ignore[method-assign]  # that is what this is for
    try:
        # The endpoint of an account is one that moto does not know.
        with patch.dict(os.environ, AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled"), mock_aws():
            yield
    finally:
        BotocoreStubber.process_request = found  # type: ignore[method-assign]  # and back
