"""Numbers in a body keep all their digits on their way to the use case."""

from domain.kernel.money import Money
from domain.kernel.value import Value
from infrastructure.kernel.api.call import Call
from infrastructure.kernel.api.endpoint import Endpoint
from tests.kernel.infrastructure.http.answers import JSON


class PriceRequest(Value):
    name: str
    price: Money


class Echo:
    """Gives back what it is asked."""

    def execute(self, request: PriceRequest) -> PriceRequest:
        return request


ECHO = Endpoint("PUT", "/prices/{name}", PriceRequest, Echo, scope=None)


def echoed(body: bytes) -> tuple[int, bytes]:
    answer = ECHO.answer(Call(path={"name": "apple"}, headers=JSON, body=body), Echo)
    return answer.status, answer.body


def test_an_amount_keeps_its_cents_as_a_number_and_as_a_text():
    as_it_was = (200, b'{"name":"apple","price":"1234567890123456.78"}')

    assert echoed(b'{"price": 1234567890123456.78}') == as_it_was
    assert echoed(b'{"price": "1234567890123456.78"}') == as_it_was


def test_an_amount_with_too_many_digits_is_refused_not_rounded():
    status, body = echoed(b'{"price": 0.1000000000000000055511151231257827}')

    assert status == 422
    assert b'"input":"price"' in body
