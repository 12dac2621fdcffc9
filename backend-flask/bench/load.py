"""Load on one gunicorn worker: `throughput()`."""

import contextlib
import http.client
import multiprocessing
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from bench.apps import DEFAULT_ROUTE

CONNECTIONS = 4
_CONTENT_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


def throughput(
    backend: Path, environment: dict[str, str], name: str, seconds: float, wait_for_rules: Callable[[], object]
) -> tuple[float, int]:
    """Requests a second that one worker answers, and how many it has answered in all."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", f"bench.apps:{name}()"],
        cwd=backend,
        env={**environment, "PORT": str(port)},
        # standard output is a pipe that is read, as it is in a container
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    threading.Thread(target=_drain, args=(server.stdout,), daemon=True).start()
    try:
        wait_until_answers(port)
        wait_for_rules()
        with multiprocessing.get_context("spawn").Pool(1) as client:
            warm_up = client.apply(count_requests, (port, 0.5))
            answered = client.apply(count_requests, (port, seconds))
        return answered / seconds, 1 + warm_up + answered
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def count_requests(port: int, seconds: float) -> int:
    """How many requests a few connections get answered; each sends the next when it has the answer to the last.

    One thread serves them all: the client must cost less than the server, or it is the client that is measured.
    """
    answered = 0
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            selector.register(connection, selectors.EVENT_READ, (connection, bytearray()))
            connection.sendall(_request())
        while time.monotonic() < until:
            for key, _events in selector.select(timeout=1):
                connection, received = key.data
                chunk = connection.recv(65_536)
                if not chunk:
                    raise ConnectionError("the application has closed a connection that it should keep")
                received += chunk
                if _is_whole(received):
                    received.clear()
                    answered += 1
                    connection.sendall(_request())
    return answered


def _request() -> bytes:
    return (
        f"GET {DEFAULT_ROUTE} HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: bench\r\n"
        f"X-Amzn-Trace-Id: Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}\r\n\r\n"
    ).encode()


def _is_whole(response: bytearray) -> bool:
    head, _, body = response.partition(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    return length is not None and len(body) == int(length[1])


def _drain(output: IO[bytes]) -> None:
    while output.read(65_536):
        pass


def wait_until_answers(port: int) -> None:
    """Waits for the server to start, 30 s at most."""
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", DEFAULT_ROUTE)
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("gunicorn did not start within 30 s")


def free_port() -> int:
    """A TCP port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
