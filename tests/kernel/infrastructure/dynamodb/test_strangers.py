"""Something else than DynamoDB answers: a proxy, a login page, another service. Nothing that it says is believed."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import HTTPServer
from threading import Thread

import pytest

from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.botocore.client import create_streams_client
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.stream import Stream
from infrastructure.kernel.dynamodb.transport import Answer
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.line import JSON
from tests.kernel.infrastructure.dynamodb.line import Line
from tests.kernel.infrastructure.dynamodb.line import an_answer
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.test_unavailable import EVERY_CALL
from tests.kernel.infrastructure.dynamodb.test_unavailable import READS
from tests.kernel.infrastructure.dynamodb.test_unavailable import STORED
from tests.kernel.infrastructure.dynamodb.test_unavailable import WRITES
from tests.kernel.infrastructure.dynamodb.test_unavailable import failure
from tests.kernel.service.settings import Settings

HTML = b"<html><body>Please log in</body></html>"


@contextmanager
def a_login_page(status: int) -> Iterator[str]:
    """The address of a server that answers everything with a page of HTML."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(HTML)))
            self.end_headers()
            self.wfile.write(HTML)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 302, 403])
def test_a_page_of_html_is_no_answer(connect, waits, status):
    with a_login_page(status) as endpoint:
        elsewhere = connect(dynamodb_endpoint=endpoint)
        writes = {name: failure(call, elsewhere) for name, call in WRITES.items()}
        reads = {name: failure(call, elsewhere) for name, call in READS.items()}
        with pytest.raises(Unavailable):
            elsewhere.check()

    assert {name for name, error in writes.items() if not error.maybe_applied} == set()
    assert {name for name, error in reads.items() if error.maybe_applied} == set()


@pytest.mark.parametrize(
    "call", [Stream.shards, lambda it: it.iterator(Position(shard="shard" * 10)), lambda it: it.read("i")]
)
def test_an_answer_of_the_stream_that_lacks_what_it_must_have_is_no_answer(lonely_table, network_of_nobody, call):
    network_of_nobody.always(answering(200, Table={"LatestStreamArn": "arn" * 20}))
    client = create_streams_client(Settings(aws_region="eu-west-1"))
    Line(client).replies = [lambda _: an_answer(200, JSON, b"{}")]

    with pytest.raises(Unavailable):
        list(call(Stream(client, lonely_table)))


MISSHAPEN = (
    b'{"Attributes": 7, "Item": 7, "Items": 7, "Responses": 7, "UnprocessedItems": 7, "ItemCollectionMetrics": 7}'
)


@pytest.mark.parametrize("name", EVERY_CALL)
def test_an_answer_whose_members_have_another_shape_is_no_answer(remote, network, name):
    network.always(lambda _: Answer(200, MISSHAPEN))

    error = failure(EVERY_CALL[name], remote)

    assert error.maybe_applied is (name in WRITES)


OF_MANY = {
    **{name: EVERY_CALL[name] for name in ("page", "put many", "remove many")},
    "get many": lambda it: it.crates.get_many([STORED.id, a_crate().id]),
}


@pytest.mark.parametrize("name", OF_MANY)
def test_an_answer_that_lacks_what_it_must_have_is_no_answer(remote, network, name):
    network.always(lambda _: Answer(200, b'{"__type": "x"}'))

    error = failure(OF_MANY[name], remote)

    assert error.maybe_applied is (name in WRITES)
