"""Clients that speak HTTP over a socket byte by byte, politely or not."""

import select
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from support.service import Answer, Service
from support.waiting import PATIENCE_SECONDS


class Client:
    """One connection."""

    def __init__(self, backend: Service) -> None:
        self.socket = socket.create_connection(("127.0.0.1", backend.port), timeout=PATIENCE_SECONDS)
        self._incoming = self.socket.makefile("rb")

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._incoming.close()
        self.socket.close()

    def send(self, *data: str | bytes) -> None:
        """Sends each piece in a segment of its own, as far as the kernel does so."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in data:
            self.socket.sendall(piece if isinstance(piece, bytes) else piece.encode())

    def receive(self) -> Answer:
        """The next response, an interim one too."""
        status = self._incoming.readline()
        if not status:
            raise ConnectionError("the connection was closed without an answer")
        lines = iter(lambda: self._incoming.readline().decode("latin-1").rstrip("\r\n"), "")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Answer(int(status.split()[1]), headers, self._incoming.read(int(headers.get("content-length", 0))))

    def has_answer(self) -> bool:
        """Whether something has come that is not yet received."""
        return bool(select.select([self.socket], [], [], 0)[0])

    def is_closed(self) -> bool:
        """Whether the server ends the connection, and sends nothing before."""
        return self._incoming.read(1) == b""


def post(path: str, body: bytes, *headers: str) -> bytes:
    """A request with a body."""
    lines = [f"POST {path} HTTP/1.1", "Host: api.example.com", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


SLOW_BODY = "POST /echo HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 1000\r\n\r\n"
SLOW_CHUNKS = "POST /echo HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
SLOW_HEADERS = "GET /echo HTTP/1.1\r\nHost: api.example.com\r\nX-Slow: "


class SlowClients:
    """Clients that have begun a request, and send a byte of it now and then."""

    def __init__(self, clients: list[Client]) -> None:
        self._clients = clients
        self._done = threading.Event()
        self._trickle = threading.Thread(target=self._send_bytes, daemon=True)
        self._trickle.start()

    def statuses(self) -> Counter[int]:
        """How many were answered with which status. Waits for the answers."""
        return Counter(client.receive().status for client in self._clients)

    def stop(self) -> None:
        self._done.set()
        self._trickle.join()

    def _send_bytes(self) -> None:
        while not self._done.wait(0.2):
            for client in self._clients:
                with suppress(OSError):
                    client.send("x")


@contextmanager
def slow_clients(backend: Service, count: int, *beginnings: str) -> Iterator[SlowClients]:
    """As many clients for each beginning of a request."""
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(backend)) for _ in range(count) for _ in beginnings]
        for index, client in enumerate(clients):
            client.send(beginnings[index % len(beginnings)])
        slow = SlowClients(clients)
        stack.callback(slow.stop)
        yield slow
