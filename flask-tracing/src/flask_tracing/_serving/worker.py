"""A gunicorn worker that slow clients cannot block, and that loses no connection when it stops."""

import errno
import select
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from socket import SHUT_WR
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from flask_tracing._serving.connection import Connection, RefusedRequestError

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
#: Maximum that is read from a connection before the next one is served.
_RECEIVE_BYTES = 65_536
_SWEEP_SECONDS = 0.5


class _RequestThreads(ThreadPoolExecutor):
    """Threads that inherit no context: each request starts its own. An instrumentation replaces the base class's method."""

    submit = ThreadPoolExecutor.submit


class BufferingThreadWorker(ThreadWorker):
    """gunicorn's threaded worker, in which a request uses a thread only once it is complete.

    gunicorn's own worker reads the request in the thread, so as many slow clients as threads block the service. It also waits
    up to 2 s for a client to close its end, in the loop that serves all clients. This loop never waits for a client:

    - A request that is incomplete after `request_timeout` is answered with 408. Each `minimum_rate` bytes extend the deadline
      by a second, up to `request_timeout` from now, so a long upload succeeds if it makes progress.
    - A body over `body_limit` is answered with 413; one that exceeds `memory_limit` together with all others, with 503.
    - On SIGTERM, clients that have connected are still served, even if their connection is not accepted yet; no other client
      can connect. A request that is not complete has at most `request_timeout`.

    It serves HTTP/1.1 without TLS, behind a load balancer. To change a limit, set `worker_class` to a subclass.
    """

    #: Seconds. Less than gunicorn's `graceful_timeout`, so that a worker answers every request before it stops.
    request_timeout = 10.0
    #: Bytes a second.
    minimum_rate = 16_384
    #: Bytes of one body.
    body_limit = 8 * 2**20
    #: Bytes of all requests that have not been answered yet.
    memory_limit = 32 * 2**20
    #: Seconds in which a client can read the last response and close its end before the connection is closed.
    close_timeout = 2.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # what to call for a connection at its deadline
        self._at_deadline: dict[Connection, Callable[[Connection], None]] = {}
        self._next_sweep = 0.0
        self._bytes_held = 0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        for name, rule, wrong in (
            ("certfile", "not be set: TLS ends at the load balancer", cfg.is_ssl),
            ("http2_cleartext", "be off: this worker speaks HTTP/1.1", cfg.http2_cleartext != "off"),
            ("proxy_protocol", "be off: this worker reads the client from X-Forwarded-For", cfg.proxy_protocol != "off"),
        ):
            if wrong:
                # gunicorn prints a RuntimeError as one line
                raise RuntimeError(f"`{name}` must {rule}, got: {getattr(cfg, name)!r}")

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return _RequestThreads(max_workers=self.cfg.threads)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if self.alive or enabled:
            return
        # gunicorn leaves these in the listening socket, where they are reset when it exits
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()

    def accept(self, listener: Any) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        connection = Connection(self.cfg, sock, client, listener.getsockname(), body_limit=self.body_limit)
        self._keep_idle(connection)

    def enqueue_req(self, conn: Connection) -> None:
        """Receives the first bytes of a request. gunicorn calls it when an idle client sends some."""
        conn.deadline = time.monotonic() + self.request_timeout
        self._receive(conn)

    def _receive(self, conn: Connection) -> None:
        try:
            data = conn.sock.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            self._wait_for_more(conn)
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
            return
        conn.received += data
        self._bytes_held += len(data)
        if self.alive:
            # a client that sends fast now must not gain time for later
            now = time.monotonic()
            conn.deadline = min(now + self.request_timeout, conn.deadline + len(data) / self.minimum_rate)
        self._advance(conn)

    def _advance(self, conn: Connection) -> None:
        try:
            is_complete = conn.has_complete_request()
        except RefusedRequestError as refused:
            self._refuse(conn, refused.status)
            return
        if is_complete:
            conn.take_request()
            super().enqueue_req(conn)
        elif self._bytes_held > self.memory_limit:
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._ask_for_body(conn)
            self._wait_for_more(conn)

    def _ask_for_body(self, conn: Connection) -> None:
        if conn.expects_continue:
            conn.expects_continue = False
            with suppress(OSError):
                conn.sock.send(_CONTINUE)

    def _wait_for_more(self, conn: Connection) -> None:
        self._watch(conn, self._receive, self._time_out)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        # the body has arrived; gunicorn would ask for it
        req._expected_100_continue = False
        keep_alive = super().handle_request(req, conn)
        if keep_alive:
            # gunicorn stops draining at 64 KiB and closes a connection that it promised to keep
            conn.parser.finish_body()
        return keep_alive

    def finish_request(self, conn: Connection, fs: Future[Any]) -> None:
        """Continues with a connection when its thread has answered; runs in the loop."""
        self._bytes_held -= conn.taken
        if fs.cancelled() or fs.exception() or not fs.result():
            self._close(conn)
            return
        conn.sock.setblocking(False)
        if conn.received:
            # the client has sent several requests at once
            conn.deadline = time.monotonic() + self.request_timeout
            self._advance(conn)
        else:
            self._keep_idle(conn)

    def _keep_idle(self, conn: Connection) -> None:
        conn.set_timeout()
        if not self.alive:
            conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _time_out(self, conn: Connection) -> None:
        self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, conn: Connection, status: HTTPStatus) -> None:
        self.log.warning("Invalid request from ip=%s: answered %d %s", (conn.client or ("",))[0], status, status.phrase)
        with suppress(OSError):
            util.write_error(conn.sock, status.value, status.phrase, "")
        self._close(conn)

    def _close(self, conn: Connection) -> None:
        """Ends the response, and discards input until the client has read it: closing at once would reset the connection.

        RFC 9112, section 9.6.
        """
        self._bytes_held -= len(conn.received)
        conn.received.clear()
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.deadline = time.monotonic() + self.close_timeout
        self._watch(conn, self._discard, self._drop)

    def _discard(self, conn: Connection) -> None:
        try:
            data = conn.sock.recv(_RECEIVE_BYTES)
        except OSError:
            data = b""
        if data:
            self._watch(conn, self._discard, self._drop)
        else:
            self._drop(conn)

    def _drop(self, conn: Connection) -> None:
        self._bytes_held -= len(conn.received)
        self.nr_conns -= 1
        conn.close()

    def _watch(
        self, conn: Connection, on_readable: Callable[[Connection], None], on_deadline: Callable[[Connection], None]
    ) -> None:
        self._at_deadline[conn] = on_deadline
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._unwatch, conn, on_readable))

    def _unwatch(self, conn: Connection, then: Callable[[Connection], None], _sock: Any = None) -> None:
        del self._at_deadline[conn]
        self.poller.unregister(conn.sock)
        then(conn)

    def murder_pending(self) -> None:
        """Ends connections at their deadline. gunicorn calls it in each iteration of its loop, at least once a second."""
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + _SWEEP_SECONDS
        for conn, on_deadline in list(self._at_deadline.items()):
            if now >= conn.deadline:
                self._unwatch(conn, on_deadline)
