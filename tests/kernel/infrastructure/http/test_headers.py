"""Headers that come more than once, or in great number."""

from infrastructure.kernel.http.app import joined

HEADERS = [(b"accept", b"text/html"), (b"if-match", b'"1"'), (b"accept", b"text/plain"), (b"accept", b"\xe9")]


def test_values_of_one_header_are_joined_in_their_order():
    assert joined(HEADERS) == {"accept": "text/html, text/plain, é", "if-match": '"1"'}


def test_headers_are_read_once_however_often_one_is_repeated():
    headers = ((b"a", b"") for _ in range(15_000))

    assert joined(headers) == {"a": ", " * 14_999}
