"""A client's connection, which buffers a request until it is complete; then gunicorn's parser reads it."""

import re
from http import HTTPStatus
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn

# The limits of an Application Load Balancer: 16 K for the request line, 64 K for all headers.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
REQUEST_LINE_LIMIT = 16_384
HEAD_LIMIT = 65_536

#: Maximum length of the line with the size of a chunk, as in gunicorn's parser.
_CHUNK_LINE_LIMIT = 8_190

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*(?=\r\n)")
_EXPECTS_CONTINUE = re.compile(rb"(?s) http/1\.1\r\n(?:.*\r\n)?expect:[ \t]*100-continue[ \t]*\r\n")


class RefusedRequestError(Exception):
    """A request that is refused before it is complete; the client receives `status`."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Connection(TConn):
    """A client's connection, with the bytes of its next request.

    It only determines where a request ends. gunicorn's parser decides whether the request is valid: it reads exactly these
    bytes and then the end of the stream, so it never waits for the client, and a disagreement about the length of a request
    cannot mix up two requests.
    """

    def __init__(self, cfg: Any, sock: Any, client: Any, server: Any, *, body_limit: int) -> None:
        super().__init__(cfg, sock, client, server)
        self.parser = get_parser(cfg, self, client)
        # the worker waits for data, not a thread
        self.data_ready = True
        #: When the request must be complete, on the monotonic clock.
        self.deadline = 0.0
        #: What has arrived and has not been passed to a thread.
        self.received = bytearray()
        #: Whether the client waits for `100 Continue` before it sends the body.
        self.expects_continue = False
        #: Size of the request that was last passed to a thread.
        self.taken = 0
        self._body_limit = body_limit
        self._request = bytearray()
        self._forget_framing()

    def _forget_framing(self) -> None:
        self._head_size = 0
        self._chunked = False
        # nothing before this position needs to be searched again
        self._position = 0
        self._size = 0

    def has_complete_request(self) -> bool:
        """Whether a request is complete. Raises `RefusedRequestError` as soon as it exceeds a limit."""
        if not self._head_size and not self._read_head():
            return False
        if self._chunked:
            self._skip_chunks()
        if max(self._size, self._position) - self._head_size > self._body_limit:
            raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return 0 < self._size <= len(self.received)

    def take_request(self) -> None:
        """Passes the complete request to the parser, and keeps what follows it."""
        self.taken = self._size
        self._request, self.received = self.received[: self._size], self.received[self._size :]
        self.expects_continue = False
        self._forget_framing()

    def recv(self, size: int) -> bytes:
        """Returns bytes for the parser, which reads them instead of the socket."""
        piece = bytes(self._request[:size])
        del self._request[:size]
        return piece

    def _read_head(self) -> bool:
        end = self.received.find(b"\r\n\r\n", self._position)
        line_end = REQUEST_LINE_LIMIT + 2
        if len(self.received) >= line_end and self.received.find(b"\r\n", 0, line_end) < 0:
            raise RefusedRequestError(HTTPStatus.REQUEST_URI_TOO_LONG)
        if (len(self.received) if end < 0 else end) > HEAD_LIMIT:
            raise RefusedRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if end < 0:
            self._position = max(0, len(self.received) - 3)
            return False
        self._head_size = self._position = end + 4
        self._read_framing(bytes(self.received[: self._head_size]).lower())
        return True

    def _read_framing(self, head: bytes) -> None:
        self._chunked = b"\r\ntransfer-encoding" in head
        self._size = 0 if self._chunked else self._head_size
        # if it is repeated or not a number, the parser refuses the request without its body
        lengths = _CONTENT_LENGTH.findall(head) if b"\r\ncontent-length" in head else []
        if len(lengths) == 1 and not self._chunked:
            # more digits exceed any limit
            self._size += int(lengths[0][:19])
        self.expects_continue = b"\r\nexpect" in head and _EXPECTS_CONTINUE.search(head) is not None

    def _skip_chunks(self) -> None:
        while self._position < len(self.received) and not self._size:
            line_end = self.received.find(b"\r\n", self._position)
            if line_end < 0:
                if len(self.received) - self._position > _CHUNK_LINE_LIMIT:
                    self._size = len(self.received)
                return
            digits = bytes(self.received[self._position : line_end]).split(b";")[0].strip()
            if not re.fullmatch(rb"[0-9a-fA-F]{1,16}", digits):
                # the parser refuses it
                self._size = len(self.received)
            elif int(digits, 16):
                self._position = line_end + 2 + int(digits, 16) + 2
            else:
                # the last chunk is followed by trailers, if any, and an empty line
                end = self.received.find(b"\r\n\r\n", line_end)
                if end >= 0:
                    self._size = end + 4
                elif len(self.received) - line_end > HEAD_LIMIT:
                    self._size = len(self.received)
                return
