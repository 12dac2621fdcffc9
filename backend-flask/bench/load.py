"""Load on one gunicorn worker: `throughput()`."""

import http.client
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from bench.apps import DEFAULT_ROUTE

CONNECTIONS = 4


def throughput(backend: Path, environment: dict[str, str], name: str, seconds: float) -> float:
    """Requests a second that one worker answers."""
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
        with multiprocessing.get_context("spawn").Pool(1) as client:
            client.apply(count_requests, (port, 0.5))
            return client.apply(count_requests, (port, seconds)) / seconds
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def count_requests(port: int, seconds: float) -> int:
    """How many requests a few connections get answered."""
    counts = [0] * CONNECTIONS
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_request_until, args=(port, until, counts, index)) for index in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def _request_until(port: int, until: float, counts: list[int], index: int) -> None:
    request = (
        f"GET {DEFAULT_ROUTE} HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: bench\r\n"
        f"X-Amzn-Trace-Id: Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while time.monotonic() < until:
            connection.sendall(request)
            _read_response(connection)
            counts[index] += 1


def _read_response(connection: socket.socket) -> None:
    received = connection.recv(65_536)
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    remaining = length - len(body)
    while remaining > 0:
        remaining -= len(connection.recv(remaining))


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
