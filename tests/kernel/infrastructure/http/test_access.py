"""Who may call: the same over HTTP and on Lambda."""

import logging
from http import HTTPStatus
from unittest.mock import Mock

import httpx
import jwt
import pytest
from pydantic import create_model

from domain.kernel.errors import Misconfigured
from domain.kernel.value import Value
from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.call import Call
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.openapi import openapi
from infrastructure.kernel.aws_lambda.api import create_api_handler
from infrastructure.kernel.http.access import is_loopback
from infrastructure.kernel.http.app import create_app
from tests.kernel.infrastructure.aws_lambda.gateway import ApiGateway
from tests.kernel.infrastructure.http.answers import JSON
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations
from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import ask_for_tokens
from tests.kernel.infrastructure.http.clients import over_http
from tests.kernel.infrastructure.http.serving import serving
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.endpoints import READ
from tests.kernel.service.endpoints import WRITE
from tests.kernel.service.settings import PREFIX
from usecases.kernel.caller import ANONYMOUS
from usecases.kernel.caller import Caller


@pytest.fixture(params=WAYS)
def api(request, container, portal, issuer) -> httpx.Client:
    """The API, which asks for tokens, once per way of serving it."""
    return WAYS[request.param](container, ENDPOINTS, portal, issuer)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_token_with_the_scope_of_an_endpoint_is_enough(api, issuer):
    created = api.post("/crates", json={"name": "Northern Rail"}, headers=bearer(issuer.token(WRITE)))
    found = api.get("/crates", headers=bearer(issuer.token(READ)))

    assert (created.status_code, found.json()["items"]) == (201, [created.json()])


@pytest.mark.parametrize("claims", [{"scp": [READ], "scope": None}, {"scp": READ, "scope": None}], ids=str)
def test_scopes_may_be_in_scp(api, issuer, claims):
    assert api.get("/crates", headers=bearer(issuer.token(**claims))).status_code == 200


def test_without_a_token_nothing_is_served_but_health(api):
    refused = [api.get("/crates"), api.post("/crates", json={"name": "Northern Rail"})]
    healthy = [api.get("/health/live"), api.get("/health/ready")]

    assert [answer.status_code for answer in refused] == [401, 401]
    assert [answer.status_code for answer in healthy] == [200, 200]


def test_without_the_scope_an_endpoint_is_forbidden_and_says_which_it_needs(api, issuer):
    refused = api.post("/crates", json={"name": "Northern Rail"}, headers=bearer(issuer.token(READ, "crates")))
    unchanged = api.get("/crates", headers=bearer(issuer.token(READ)))

    assert problem(refused) == (403, "forbidden")
    assert refused.json()["scope"] == WRITE
    assert refused.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{WRITE}"'
    assert unchanged.json()["items"] == []


def test_who_may_not_call_learns_nothing_of_what_is_wrong_with_the_request(api, issuer):
    refused = api.post("/crates", content=b"{", headers={**bearer(issuer.token(READ)), **JSON})

    assert problem(refused) == (403, "forbidden")


def behind_no_authorizer(container: Container) -> httpx.Client:
    """A function behind a route without an authorizer, or behind a function URL."""
    gateway = ApiGateway(create_api_handler(container, ENDPOINTS), lambda _: {})
    return httpx.Client(transport=gateway, base_url="http://gateway.example")


def test_behind_no_authorizer_a_lambda_function_serves_nobody(container):
    answer = behind_no_authorizer(container).get("/crates")

    assert problem(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("length", ["content-length: 100000", "transfer-encoding: chunked"], ids=str)
def test_no_large_body_is_read_of_somebody_who_may_not_call(container, issuer, length):
    ask_for_tokens(container, issuer)
    may_not = f"authorization: Bearer {issuer.token(READ)}\r\n"
    with serving(container) as served:
        for header, status in ("", 401), (may_not, 403):
            with served.connect() as client:
                client.sendall(f"POST /crates HTTP/1.1\r\nhost: x\r\n{header}{length}\r\n\r\n".encode())

                assert client.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_token_is_verified_once_a_request(container, portal, issuer, monkeypatch):
    verified = Mock(wraps=jwt.decode)
    monkeypatch.setattr(jwt, "decode", verified)
    api = over_http(container, ENDPOINTS, portal, issuer)

    created = api.post("/crates", json={"name": "Northern Rail"}, headers=bearer(issuer.token(WRITE)))

    assert (created.status_code, verified.call_count) == (201, 1)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "path", ["/crates", "//crates", "/crates/", "/health/../crates", "/health/%2e%2e/crates", "/health%2f..%2fcrates"]
)
def test_no_other_way_to_ask_gets_around_the_token(api, method, path):
    assert api.request(method, f"http://testserver{path}").status_code in {401, 404, 405}
    assert api.get(f"http://testserver{path}").status_code in {401, 404}


def test_besides_health_only_the_document_of_the_api_is_public(container, portal, issuer):
    api = over_http(container, ENDPOINTS, portal, issuer)
    paths = ["/docs", "/openapi.json", "/docs/oauth2-redirect", "/redoc"]

    assert [api.get(path).status_code for path in paths] == [200, 200, 404, 404]


def test_where_nobody_is_asked_everyone_may_call_everything(container, portal):
    container.settings.override(container.settings().model_copy(update={"auth": "none"}))

    for api in over_http(container, ENDPOINTS, portal), behind_no_authorizer(container):
        assert api.get("/crates").status_code == 200


class TestWithoutAnIssuer:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
    def test_a_server_on_loopback_serves_everyone(self, container, host):
        assert is_loopback(host)
        create_app(container, ENDPOINTS, host=host)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "api.example.com", "", "127.0.0.1.example.com"])
    def test_a_server_that_others_can_reach_does_not_start(self, container, host):
        with pytest.raises(Misconfigured, match=f"{PREFIX}JWT_ISSUER: must be set.*{PREFIX}AUTH=none"):
            create_app(container, ENDPOINTS, host=host)

    def test_unless_it_is_said_that_nobody_is_asked_which_is_logged(self, container, caplog):
        container.settings.override(container.settings().model_copy(update={"auth": "none"}))

        with caplog.at_level(logging.WARNING):
            create_app(container, ENDPOINTS, host="0.0.0.0")

        [record] = caplog.records
        assert "everyone who reaches 0.0.0.0 may call everything" in record.getMessage()


class ReadDiaryRequest(Value):
    """Whose diary is up to the token."""

    day: int = 1
    reader: Caller


class WriteDiaryRequest(Value):
    entry: str
    writer: Caller


class Diary:
    """Gives back what it is asked."""

    def execute(self, request: ReadDiaryRequest | WriteDiaryRequest) -> Caller:
        return request.reader if isinstance(request, ReadDiaryRequest) else request.writer


class Staff(Caller):
    """A caller by another name."""


class Visit(Value):
    """Has a caller inside, and others of its own kind."""

    by: Caller
    before: "Visit | None" = None


class Page(Value):
    """Has others of its own kind inside, and no caller."""

    before: "Page | None" = None


READ_DIARY = Endpoint("GET", "/diary", ReadDiaryRequest, Diary, scope="diary")
WRITE_DIARY = Endpoint("POST", "/diary", WriteDiaryRequest, Diary, scope="diary")
ANN = Caller(subject="ann", scopes=frozenset({"diary"}), claims=(("tenant", "leeds"),))


class TestACaller:
    def test_reaches_the_use_case_in_the_request(self):
        read = READ_DIARY.answer(Call(authentication=lambda: ANN), Diary)
        written = WRITE_DIARY.answer(Call(headers=JSON, body=b'{"entry": "x"}', authentication=lambda: ANN), Diary)

        assert Caller.model_validate_json(read.body) == Caller.model_validate_json(written.body) == ANN

    def test_is_anonymous_where_nobody_is_asked(self):
        answer = READ_DIARY.answer(Call(authentication=lambda: None), Diary)

        assert Caller.model_validate_json(answer.body) == ANONYMOUS

    def test_cannot_be_sent_by_a_client(self):
        forged = ANN.model_dump_json().encode()

        def answers() -> list[Answer]:
            return [
                READ_DIARY.answer(Call(query=[("reader", "bob")], authentication=lambda: ANN), Diary),
                WRITE_DIARY.answer(
                    Call(headers=JSON, body=b'{"entry": "x", "writer": ' + forged + b"}", authentication=lambda: ANN),
                    Diary,
                ),
            ]

        told = [httpx.Response(answer.status, headers=answer.headers, content=answer.body) for answer in answers()]
        assert [problem(answer) for answer in told] == [(422, "invalid-argument")] * 2
        assert [violations(answer) for answer in told] == [["reader"], ["writer"]]

    def test_is_not_in_the_document_of_the_api_as_something_to_send(self):
        document = openapi([READ_DIARY, WRITE_DIARY], title="diary", version="1")

        operations = document["paths"]["/diary"]
        assert [parameter["name"] for parameter in operations["get"]["parameters"]] == ["day"]
        assert list(document["components"]["schemas"]["WriteDiaryRequest"]["properties"]) == ["entry"]

    @pytest.mark.parametrize(
        "kind", [Caller | None, Staff, tuple[Caller, ...], Visit, tuple[Visit | None, ...]], ids=str
    )
    def test_is_refused_where_a_client_could_send_it(self, kind):
        request = create_model("VisitRequest", __base__=Value, visitor=(kind, ...))

        with pytest.raises(TypeError, match=r"GET /diary: VisitRequest\.visitor has a caller in it"):
            Endpoint("GET", "/diary", request, Diary, scope="diary")

    def test_is_not_looked_for_without_end(self):
        request = create_model("PageRequest", __base__=Value, page=(Page, ...), reader=(Caller, ...))

        assert Endpoint("GET", "/diary", request, Diary, scope="diary").of_caller == {"reader"}

    def test_needs_an_endpoint_with_a_scope(self):
        with pytest.raises(TypeError, match="GET /diary: ReadDiaryRequest has a caller, so the endpoint needs a scope"):
            Endpoint("GET", "/diary", ReadDiaryRequest, Diary, scope=None)


@pytest.mark.parametrize("scope", ["", "two words", 'a"b', "a\\b", "café"])
def test_a_scope_that_no_token_can_have_is_refused(scope):
    with pytest.raises(TypeError, match="no scope of RFC 6749"):
        Endpoint("GET", "/diary", ReadDiaryRequest, Diary, scope=scope)


def test_a_call_without_authentication_is_refused():
    assert READ_DIARY.answer(Call(), Diary).status == HTTPStatus.UNAUTHORIZED


class TestTheDocument:
    DOCUMENT = openapi(ENDPOINTS, title="crates", version="1")

    def test_names_the_scheme_and_the_scope_of_every_operation(self):
        [(scheme, described)] = self.DOCUMENT["components"]["securitySchemes"].items()

        assert described == {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        for endpoint in ENDPOINTS:
            operation = self.DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
            assert operation["security"] == [{scheme: [endpoint.scope]}]
            assert {"401", "403"} <= operation["responses"].keys()

    def test_says_that_health_needs_no_token(self):
        for path in ("/health/live", "/health/ready"):
            operation = self.DOCUMENT["paths"][path]["get"]
            assert operation["security"] == []
            assert not {"401", "403"} & operation["responses"].keys()
