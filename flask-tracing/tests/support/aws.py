"""A double of DynamoDB: it accepts every call."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.servers import serving


class _Table(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("x-amzn-RequestId", "REQUEST-ID")
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def dynamodb_double() -> Iterator[str]:
    """Runs it; its URL."""
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _Table)) as url:
        yield url
