"""Runs a service in a process of its own, in the environment that a test gives."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.waiting import PATIENCE_SECONDS, eventually

TESTS = Path(__file__).parent.parent
HOME = "/home"
HEALTH = "/health"

#: The environment of a service that traces nothing.
UNTRACED = {"OTEL_SDK_DISABLED": "true", "AWS_XRAY_SDK_ENABLED": "false"}


def installed(name: str) -> str:
    """A program of this virtual environment."""
    return str(Path(sys.executable).parent / name)


@dataclass(frozen=True)
class Program:
    """What to run, where, and a path that it answers when it is ready."""

    command: tuple[str, ...]
    folder: Path
    ready: str


def served(application: str) -> Program:
    """An application of the tests, served by gunicorn."""
    return Program((installed("gunicorn"), "-c", "gunicorn.conf.py", f"{application}:create_app()"), TESTS, HEALTH)


TEST_APPLICATION = served("application")


def free_port() -> int:
    """A TCP port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def evaluate(code: str, folder: Path = TESTS, /, **environment: str) -> str:
    """What Python code prints in a process of its own, in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Answer:
    """A response; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def root(self) -> str:
        """The trace id that the response shows."""
        return self.headers["x-amzn-trace-id"].removeprefix("Root=")


class Service:
    """A running service."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.process = process
        self.port = port
        self._output = output

    def connect(self, path: str, headers: Sequence[tuple[str, str]] = (), method: str = "GET") -> socket.socket:
        """Sends one request on a connection of its own. Header values are sent as they are, in UTF-8."""
        lines = [f"{method} {path} HTTP/1.1", "Host: api.example.com", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return connection

    def get(
        self, path: str = HOME, headers: Mapping[str, str] | list[tuple[str, str]] | None = None, method: str = "GET"
    ) -> Answer:
        """One request, and the whole response."""
        pairs = list(headers.items()) if isinstance(headers, Mapping) else headers or []
        with self.connect(path, pairs, method) as connection:
            received = b"".join(iter(lambda: connection.recv(65_536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        status, *rest = head.decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in rest)
        return Answer(int(status.split()[1]), {name.lower(): value.strip() for name, _, value in fields}, body)

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def output(self) -> str:
        """All that was written to standard output and standard error."""
        return self._output.read_text(errors="replace")

    def log(self) -> list[dict[str, Any]]:
        """The JSON lines of the log."""
        return [json.loads(line) for line in self.output().splitlines() if line.startswith('{"time"')]

    def log_of(self, *loggers: str) -> list[dict[str, Any]]:
        """The lines that loggers of these names, or below them, wrote."""
        return [entry for entry in self.log() if entry["logger"].startswith(loggers)]

    def problems(self) -> list[dict[str, Any]]:
        """What the tracing says of its configuration."""
        return [entry for entry in self.log() if entry["logger"] == "flask_tracing"]


@contextmanager
def running(program: Program = TEST_APPLICATION, /, **environment: str) -> Iterator[Service]:
    """The service, ready to serve."""
    with starting(program, **environment) as service:
        eventually(lambda: _answers(service, program.ready), "the service's start")
        yield service


@contextmanager
def starting(program: Program = TEST_APPLICATION, /, **environment: str) -> Iterator[Service]:
    """Starts the service; stops it if the test has not."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="service-") as output:
        process = subprocess.Popen(
            program.command,
            cwd=program.folder,
            env={"PATH": os.environ["PATH"], "PORT": str(port), "OTEL_BSP_SCHEDULE_DELAY": "100", **environment},
            stdout=output.fileno(),
            stderr=subprocess.STDOUT,
        )
        service = Service(process, port, Path(output.name))
        try:
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _answers(service: Service, path: str) -> bool:
    if service.process.poll() is not None:
        raise AssertionError(f"the service exited with {service.process.returncode}:\n{service.output()}")
    try:
        return service.get(path).status in (200, 404)
    except OSError:
        return False
