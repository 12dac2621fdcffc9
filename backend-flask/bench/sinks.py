"""Ends of the line: they take what the applications send, and do as little as they can."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Accept(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, _request: object, _client_address: object) -> None:
        """An application that has been measured is gone in the middle of a batch."""


class _AcceptWithoutRules(_Accept):
    answer = b'{"SamplingRuleRecords": []}'


@contextmanager
def otlp_sink() -> Iterator[str]:
    """An endpoint that takes every batch of spans; its base URL."""
    with _serving(_Accept) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def segment_sink() -> Iterator[str]:
    """A daemon that takes every segment and has no sampling rules; its `host:port`."""
    with _serving(_AcceptWithoutRules) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", port))
        threading.Thread(target=_drain, args=(sink,), daemon=True).start()
        yield f"127.0.0.1:{port}"


@contextmanager
def _serving(handler: type[_Accept]) -> Iterator[int]:
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _drain(sink: socket.socket) -> None:
    while True:
        try:
            sink.recv(65_535)
        except OSError:
            return
