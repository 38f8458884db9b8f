"""`make aggregate` adds an aggregate, or says why not and changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.template.services import ORDER
from tests.template.services import Service
from tests.template.services import copy_of_the_template
from tests.template.services import generate
from tests.template.services import git


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return copy_of_the_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def order_service(tmp_path, template) -> Service:
    """A service with orders, as installed."""
    return made_of(template, tmp_path / "new")


def made_of(template: Path, into: Path, **answers: str) -> Service:
    into.mkdir()
    finished = generate(into, template, **{**ORDER, **answers})
    assert finished.code == 0, finished.output
    made = Service(into / "order-service")
    made.install()
    return made


def replace(made: Service, path: str, old: str, new: str) -> None:
    """Edits a file as the owner might."""
    file = made.folder / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_added_is_what_a_service_of_that_name_would_begin_with(tmp_path, template, order_service):
    invoices = made_of(template, tmp_path / "other", aggregate="Invoice", aggregate_plural="Invoices")

    order_service.make("aggregate", "NAME=Invoice")

    added, first = order_service.files(), invoices.files()
    paths = {path for path in first if "invoice" in path}
    assert {"domain/invoice.py", "usecases/invoices.py", "tests/contracts/test_invoices.py"} <= paths
    assert {path: added[path] for path in paths} == {path: first[path] for path in paths}


def test_the_stack_gets_the_routes_of_what_is_added(order_service):
    told = order_service.make("aggregate", "NAME=LineItem")

    text = order_service.files()["template.yaml"].decode()
    assert "template.yaml: routes written\n" in told
    assert (
        'RoutePostLineItems: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: "POST /line'
        in text
    )
    assert order_service.done(".venv/bin/python", "-m", "deploy.template", "--check") == ""


def test_a_plural_can_be_given(order_service):
    order_service.make("aggregate", "NAME=Person", "PLURAL=People")

    assert b"class ListPeople" in order_service.files()["usecases/people.py"]


def test_what_the_owner_has_written_beside_the_lines_stays(order_service):
    replace(
        order_service,
        "infrastructure/container.py",
        "    get_order =",
        "    mine = Factory(dict)\n    get_order =",
    )

    order_service.make("aggregate", "NAME=Invoice")

    container = order_service.files()["infrastructure/container.py"].decode()
    assert "    mine = Factory(dict)\n" in container
    assert "    create_order = " in container
    assert "    create_invoice = " in container


def test_a_second_one_finds_its_place_though_the_first_aggregate_of_all_is_gone(order_service):
    order_service.make("aggregate", "NAME=Invoice")
    routes = order_service.folder / "infrastructure/api/routes.py"
    kept = [line for line in routes.read_text(encoding="utf-8").splitlines(keepends=True) if "order" not in line]
    routes.write_text("".join(kept), encoding="utf-8")

    order_service.make("aggregate", "NAME=Shipment")

    text = routes.read_text(encoding="utf-8")
    assert "    *invoices.ENDPOINTS,\n" in text
    assert "    *shipments.ENDPOINTS,\n" in text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Order", "would overwrite domain/order.py"),
        ("invoice", "did you mean 'Invoice'?"),
        ("Class", "a keyword of Python"),
        ("Setting", "'settings'"),
        ("Event", "'Event', which is something else in domain/sponsor.py"),
        ("Repository", "every persistence has already"),
        ("Kernel", "would overwrite domain/kernel.py"),
        ("../Invoice", "not in PascalCase"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason_and_changes_nothing(order_service, name, reason):
    before = order_service.files()

    finished = order_service.run("make", "aggregate", f"NAME={name}")

    assert finished.code != 0
    assert reason in finished.output
    assert "Traceback" not in finished.output
    assert order_service.files() == before


def test_a_file_of_the_owner_is_never_overwritten(order_service):
    (order_service.folder / "usecases/invoices.py").write_text("mine = 1\n", encoding="utf-8")
    before = order_service.files()

    finished = order_service.run("make", "aggregate", "NAME=Invoice")

    assert finished.code != 0
    assert "would overwrite usecases/invoices.py" in finished.output
    assert order_service.files() == before


def test_lines_without_a_place_are_told_and_nothing_is_changed(order_service):
    (order_service.folder / "infrastructure/api/routes.py").write_text("ROUTES = mine()\n", encoding="utf-8")
    before = order_service.files()

    finished = order_service.run("make", "aggregate", "NAME=Invoice")

    assert finished.code != 0
    assert "infrastructure/api/routes.py has changed" in finished.output
    assert "*invoices.ENDPOINTS," in finished.output
    assert order_service.files() == before


def test_without_a_name_it_asks_for_one(order_service):
    finished = order_service.run("make", "aggregate")

    assert finished.code != 0
    assert "make aggregate NAME=Invoice" in finished.output


def test_nothing_is_installed_again(order_service):
    order_service.make("aggregate", "NAME=Invoice")

    assert order_service.run("make", "--question", ".venv/installed").code == 0


def test_a_name_of_the_example_is_free_where_the_example_is_not(order_service):
    order_service.make("aggregate", "NAME=Team")

    assert b"class Team(Entity)" in order_service.files()["domain/team.py"]


def test_a_template_that_has_moved_is_asked_for(tmp_path, template, order_service):
    git(tmp_path, "clone", "--quiet", "--bare", str(template), "moved.git")
    replace(order_service, ".template.json", str(template), str(tmp_path / "gone"))

    lost = order_service.run("make", "aggregate", "NAME=Invoice")
    found = order_service.run("make", "aggregate", "NAME=Invoice", f"TEMPLATE={tmp_path / 'moved.git'}")

    assert lost.code != 0
    assert f"No template there: {tmp_path / 'gone'}" in lost.output
    assert "TEMPLATE=" in lost.output
    assert found.code == 0, found.output


def test_it_is_added_at_the_version_that_the_service_was_made_from(tmp_path):
    template = copy_of_the_template(tmp_path / "template")
    made = made_of(template, tmp_path / "new")
    (template / "domain/sponsor.py").write_text("of a later version\n", encoding="utf-8")
    git(template, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--all", "-m", "Later")

    made.make("aggregate", "NAME=Invoice")

    assert b"class Invoice(Entity)" in made.files()["domain/invoice.py"]


@pytest.mark.parametrize("by_url", [False, True], ids=["path", "url"])
def test_a_zip_serves_as_well(tmp_path, template, by_url):
    archive = tmp_path / "template.zip"
    git(template, "archive", "--format=zip", "--prefix=template-main/", f"--output={archive}", "HEAD")
    made = made_of(archive, tmp_path / "new")

    with served(tmp_path) as address:
        location = f"{address}/{archive.name}" if by_url else str(archive)
        made.make("aggregate", "NAME=Invoice", f"TEMPLATE={location}")

    assert "domain/invoice.py" in made.files()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of the files in a folder."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
