"""A service to call, which answers with the headers that it was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from support.servers import JsonHandler, serving


class _Echo(JsonHandler):
    def document(self) -> object:
        return {name.lower(): value for name, value in self.headers.items()}


@contextmanager
def echo_service() -> Iterator[str]:
    """Runs the service; its URL."""
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _Echo)) as url:
        yield f"{url}/"
