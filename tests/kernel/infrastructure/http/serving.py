"""A server in a thread of its own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from time import sleep

import uvicorn
from fastapi import FastAPI

DEADLINE_SECONDS = 20


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serves `app` on a free port of this machine, and says where."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=DEADLINE_SECONDS))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = monotonic() + DEADLINE_SECONDS
        while not server.started and monotonic() < deadline:
            sleep(0.01)  # between two looks; nothing depends on how long
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(DEADLINE_SECONDS)
