"""The body of a response, as the server reads it."""

from collections.abc import Iterable, Iterator

from flask_tracing._request.server_span import ServerSpan


class ResponseBody:
    """Iterates over a body, and ends the request's span when the server closes it.

    A body that raises, or that the server stops reading, is a failure whatever the status of the response.
    """

    def __init__(self, body: Iterable[bytes], span: ServerSpan) -> None:
        self._body = body
        self._next = iter(body).__next__
        self._span = span
        self._sent = 0
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
        self._sent += len(chunk)
        return chunk

    def close(self) -> None:
        """Closes the body. The server calls it once, even if the client has disconnected."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._span.fail(error, answered=True)
            raise
        finally:
            if self._sent and not self._exhausted:
                self._span.stopped_after(self._sent)
            self._span.end()
