"""What a deployment on this machine says when it cannot be. That it can be is tested where the stack is deployed."""

import subprocess
import sys
from pathlib import Path
from socket import create_server

import boto3
import pytest

from deploy.kernel import local
from deploy.kernel.aws import Aws
from deploy.kernel.local import Cloud
from deploy.kernel.local import Route
from deploy.kernel.local import example_of
from deploy.kernel.local import watch
from deploy.kernel.stack import Failed
from domain.kernel.errors import Unavailable
from tests.kernel import ministack
from tests.kernel.environment import ROOT
from tests.kernel.issuer import Issuer


def test_a_port_that_is_taken_is_told_at_once():
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "deploy.kernel.local", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"PORT: {port} is taken: choose another, or none, and a free one is picked\n"


def program(folder: Path, script: str) -> Path:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_why_ministack_does_not_start_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(ministack, "PROGRAM", program(tmp_path, "echo no disk; exit 3"))

    with pytest.raises(Unavailable, match="ministack does not start on port 1: no disk"), local.running(1):
        pass


def test_why_ministack_ended_is_told(tmp_path):
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(20)), encoding="utf-8")
    server = subprocess.Popen([program(tmp_path, "exit 3")])

    with pytest.raises(Failed) as raised, Issuer() as issuer:
        watch(Cloud(Aws(boto3.Session(), "1"), issuer, server, log))

    first, *last = str(raised.value).splitlines()
    assert first == "ministack ended by itself, with exit code 3:"
    assert last == [f"line {number}" for number in range(10, 20)]


def test_the_example_is_a_listing_that_needs_a_token():
    listing = Route("GET", "/crates", ("crates:read",))
    others = [
        Route("GET", "/health/live", ()),
        Route("GET", "/crates/{id}", ("crates:read",)),
        Route("POST", "/a", ("crates:write",)),
    ]

    assert example_of([*others, listing]) == listing
    assert example_of(others) == others[0]
