"""The body of a response on its way out."""

from collections.abc import Iterable, Iterator

from flask_tracing._request.server_span import ServerSpan


class ResponseBody:
    """Passes a body on, and ends the request's span when it has been sent or will not be.

    A body that breaks, or one that the server stops reading, is no success, whatever status has been sent before it.
    """

    def __init__(self, body: Iterable[bytes], span: ServerSpan) -> None:
        self._body = body
        self._next = iter(body).__next__
        self._span = span
        self._taken = 0
        self._exhausted = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = self._next()
        except StopIteration:
            self._exhausted = True
            raise
        except BaseException as error:
            self._exhausted = True
            self._span.fail(error, answered=True)
            raise
        self._taken += len(chunk)
        return chunk

    def close(self) -> None:
        """Called once by the server, also when the client has gone away."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._span.fail(error, answered=True)
            raise
        finally:
            if self._taken and not self._exhausted:
                self._span.stopped_after(self._taken)
            self._span.end()
