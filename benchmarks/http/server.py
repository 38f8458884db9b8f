"""A server in a process of its own: `python -m benchmarks.http.server bare`, or `service`.

It prints its port, and ends when its standard input does.
"""

import sys
from importlib import import_module
from socket import create_server
from threading import Thread

import uvicorn


def main(name: str) -> None:
    """Serves on a free port."""
    server: uvicorn.Server = import_module(f"benchmarks.http.{name}").create()

    def stop() -> None:
        sys.stdin.read()
        server.should_exit = True

    Thread(target=stop, daemon=True).start()
    with create_server(("127.0.0.1", 0), backlog=128) as listening:
        print(listening.getsockname()[1], flush=True)
        server.run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
