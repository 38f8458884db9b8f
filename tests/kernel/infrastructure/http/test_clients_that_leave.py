"""Clients that go away before they have an answer."""

import logging

from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.serving import serving

HALF = b"POST /crates HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"


def test_a_client_that_goes_away_in_mid_body_is_a_line_of_the_log_and_no_error(caplog):
    caplog.set_level(logging.INFO)

    with serving(an_in_memory_container()) as served:
        with served.connect() as client:
            client.sendall(HALF)
            served.wait_for_a_request()
        served.stop()

    told = [record for record in caplog.records if record.name.startswith("infrastructure.")]
    assert [record.getMessage() for record in told] == [
        "POST /crates: the client went away before it had sent the whole body",
        "POST /crates without an answer",
    ]
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
