"""When observers send what they have kept: before Lambda freezes the process, and at the end of a command."""

import pytest
from typer.testing import CliRunner

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel import commands
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.cli import Service
from infrastructure.kernel.events.cloud_events import cloud_event
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.infrastructure.observability.recorder import Recorder
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import SOURCE
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import watch_with


class Keeping(Recorder):
    """Keeps how many operations were over when it was flushed."""

    def __init__(self) -> None:
        super().__init__()
        self.over: list[int] = []

    def flush(self) -> None:
        self.over.append(len(self.ended))


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


@pytest.fixture
def keeping() -> Keeping:
    return Keeping()


def test_an_invocation_is_flushed_when_all_of_it_is_over(container, keeping):
    handler = create_consumers_handler(container)
    watch_with(keeping)

    handler({"detail": cloud_event(an_event(a_crate()), SOURCE)}, Invocation())
    with pytest.raises(InvalidArgument):
        handler({"detail": None}, Invocation())

    assert [operation.name for operation in keeping.ended] == ["Happened"]
    assert keeping.over == [1, 1]


@pytest.mark.usefixtures("process_as_it_was")
def test_a_command_has_a_trace_and_is_flushed_when_it_is_over(container, keeping, monkeypatch):
    monkeypatch.setattr(commands, "observe", lambda _: watch_with(keeping))

    result = CliRunner().invoke(commands.app, ["openapi"], obj=Service(container, ENDPOINTS))

    assert result.exit_code == 0
    assert [(operation.layer, operation.name) for operation in keeping.ended] == [("command", "openapi")]
    assert keeping.ended[0].trace is not None
    assert keeping.over == [1]
    assert current_trace() is None
