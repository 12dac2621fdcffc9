"""Runs the application as its image does: by the Dockerfile's CMD, in the environment that a test gives."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.waiting import PATIENCE_SECONDS, eventually

BACKEND = Path(__file__).parent.parent.parent
HOME = "/api/activities/home"
HEALTH = "/api/health-check"

#: The application, and routes that fail, wait and call: `tests/application.py`.
TEST_APPLICATION = "tests.application:create_app()"

#: The environment of an application that traces nothing.
UNTRACED = {"OTEL_SDK_DISABLED": "true", "AWS_XRAY_SDK_ENABLED": "false"}


def image_command() -> list[str]:
    """The CMD of the Dockerfile, with the programs of this virtual environment."""
    dockerfile = (BACKEND / "Dockerfile").read_text()
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
    return [str(Path(sys.executable).parent / command[0]), *command[1:]]


def free_port() -> int:
    """A TCP port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def evaluate(code: str, **environment: str) -> str:
    """What Python code prints in a process of its own, in the application's folder."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BACKEND, env=environment, check=False, capture_output=True, text=True
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


class Backend:
    """A running application."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.process = process
        self.port = port
        self._output = output

    def get(
        self, path: str = HOME, headers: Mapping[str, str] | list[tuple[str, str]] | None = None, method: str = "GET"
    ) -> Answer:
        """One request on a connection of its own. Header values are sent as they are, in UTF-8."""
        pairs = list(headers.items()) if isinstance(headers, Mapping) else headers or []
        lines = [f"{method} {path} HTTP/1.1", "Host: api.example.com", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in pairs]
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
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


@contextmanager
def running(*command: str, **environment: str) -> Iterator[Backend]:
    """The application, ready to serve."""
    with starting(*command, **environment) as backend:
        eventually(lambda: _answers(backend), "the application's start")
        yield backend


@contextmanager
def starting(*command: str, **environment: str) -> Iterator[Backend]:
    """Starts the application by the image's command, and what follows it; stops it if the test has not."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="backend-flask-") as output:
        process = subprocess.Popen(
            [*image_command(), *command],
            cwd=BACKEND,
            env={"PATH": os.environ["PATH"], "PORT": str(port), "OTEL_BSP_SCHEDULE_DELAY": "100", **environment},
            stdout=output.fileno(),
            stderr=subprocess.STDOUT,
        )
        backend = Backend(process, port, Path(output.name))
        try:
            yield backend
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _answers(backend: Backend) -> bool:
    if backend.process.poll() is not None:
        raise AssertionError(f"the application exited with {backend.process.returncode}:\n{backend.output()}")
    try:
        return backend.get(HEALTH).status in (200, 404)
    except OSError:
        return False
