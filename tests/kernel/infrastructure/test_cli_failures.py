"""What cannot be done: one line on the command line, and exit code 1."""

import socket
import sys

import pytest
from dependency_injector.providers import Callable

from domain.kernel.errors import Unavailable
from infrastructure.kernel.cli import run
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import PREFIX

pytestmark = pytest.mark.usefixtures("process_as_it_was")


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


@pytest.fixture
def told(container, capsys, monkeypatch):
    """What a command that fails says in the end; besides, it writes nothing."""

    def fail(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["tiny-service", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run(container, ENDPOINTS)
        assert capsys.readouterr() == ("", "")
        assert isinstance(ended.value.code, str), "Python writes a text to standard error, and ends with exit code 1"
        assert "\n" not in ended.value.code
        return ended.value.code

    return fail


def test_a_port_that_is_taken_is_a_wrong_setup(told):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        line = told("serve", "--port", port)

    assert line.startswith(f"Misconfigured: nothing can be served at 127.0.0.1, port {port}: ")
    assert "in use" in line


def test_an_address_of_another_machine_is_a_wrong_setup(told):
    line = told("serve", "--host", "192.0.2.1", "--port", 0)

    assert line.startswith("Misconfigured: nothing can be served at 192.0.2.1, port 0: ")


def test_without_an_issuer_an_address_that_others_can_reach_is_a_wrong_setup(told, container):
    by_option = told("serve", "--host", "0.0.0.0", "--port", 0)
    container.settings.override(container.settings().model_copy(update={"http_host": "0.0.0.0"}))
    by_setting = told("serve", "--port", 0)

    for line in by_option, by_setting:
        assert line.startswith(f"Misconfigured: {PREFIX}JWT_ISSUER: must be set to listen on 0.0.0.0")


def test_an_error_of_many_lines_is_told_in_one_that_a_terminal_does_not_obey(told, container):
    def fail() -> None:
        raise Unavailable("no\nanswer \x1b[31mat all \x9b2J")

    container.persistence.override(Callable(fail))

    assert told("serve", "--port", 0) == r"Unavailable: no\nanswer \x1b[31mat all \x9b2J"


@pytest.mark.parametrize("missing", ["typer", "uvicorn", "httptools", "fastapi", "rich"])
def test_without_the_extra_a_command_says_which_one_it_needs(told, monkeypatch, missing):
    for module in [name for name in sys.modules if name.startswith(f"{missing}.")]:
        monkeypatch.delitem(sys.modules, module)
    for module in (
        "commands",
        "bulk_commands",
        "progress_bars",
        "terminal",
        "http.app",
        "http.connection",
        "http.server",
    ):
        monkeypatch.delitem(sys.modules, f"infrastructure.kernel.{module}", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)

    assert told("serve") == f"{missing} is not installed, which commands need: pip install 'tiny-service[server]'"
