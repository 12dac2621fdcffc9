"""Ends of the line: they take what the applications send, and do as little as they can."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Accept(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def otlp_sink() -> Iterator[str]:
    """An endpoint that takes every batch of spans; its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Accept)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def segment_sink() -> Iterator[str]:
    """A daemon that takes every segment and has no sampling rules; its `host:port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        threading.Thread(target=_drain, args=(sink,), daemon=True).start()
        yield f"127.0.0.1:{sink.getsockname()[1]}"


def _drain(sink: socket.socket) -> None:
    while True:
        try:
            sink.recv(65_535)
        except OSError:
            return
