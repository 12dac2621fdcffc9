"""What a client may send, in how many pieces, and how large."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from conftest import Stack

from support.clients import Client, post
from support.service import HOME, UNTRACED, Service, evaluate, free_port, running, starting
from support.waiting import eventually
from support.worker import PATIENT

#: How many connections may be open at once.
CONNECTIONS = 50
CHUNKED = "POST /echo HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"5;ext=1\r\nHello\r\n1\r\n,\r\na\r\n with\r\n\r\n.\r\n0\r\nX-Trailer: 1\r\n\r\n"


@pytest.fixture(scope="module")
def backend() -> Iterator[Service]:
    with running(GUNICORN_CMD_ARGS=f"{PATIENT} --worker-connections {CONNECTIONS}", **UNTRACED) as backend:
        yield backend


@pytest.fixture
def client(backend: Service) -> Iterator[Client]:
    with Client(backend) as client:
        yield client


def test_a_body_may_come_in_pieces(client: Client) -> None:
    for piece in (1, 7, 1000):
        request = post("/echo", bytes(range(256)) * 3)
        client.send(*(request[start : start + piece] for start in range(0, len(request), piece)))
        assert client.receive().body == bytes(range(256)) * 3


@pytest.mark.parametrize("piece", [1, 2, 3, 1000])
def test_a_chunked_body_may_come_in_pieces(client: Client, piece: int) -> None:
    request = CHUNKED.encode() + CHUNKS
    client.send(*(request[start : start + piece] for start in range(0, len(request), piece)))
    assert client.receive().body == b"Hello, with\r\n\r\n."

    client.send(CHUNKED + "0\r\n\r\n")
    assert client.receive().body == b""


def test_requests_that_are_sent_at_once_are_answered_in_order(client: Client) -> None:
    client.send(post("/echo", b"one") + CHUNKED.encode() + CHUNKS + post("/echo", b"") + post("/echo", b"four")[:-2])
    assert [client.receive().body for _ in range(3)] == [b"one", b"Hello, with\r\n\r\n.", b""]

    client.send("ur" + f"GET {HOME} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n")
    assert client.receive().body == b"four"
    assert client.receive().status == 200
    assert client.is_closed()


def test_an_unread_body_is_not_parsed_as_a_request(client: Client) -> None:
    client.send(post(HOME, b"GET /boom HTTP/1.1\r\nHost: a\r\n\r\n") + post("/echo", b"next"))

    assert [client.receive().status for _ in range(2)] == [405, 200]


def test_a_large_unread_body_leaves_the_connection_open(client: Client) -> None:
    # a load balancer that meets a connection closed after `keep-alive` answers its client 502
    for _ in range(3):
        client.send(post("/health", b"x" * 100_000))
        assert client.receive().status == 405

    client.send("GET /health HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
    assert client.receive().status == 200


def test_a_client_that_expects_100_continue_receives_it_once(client: Client) -> None:
    request = post("/echo", b"body", "Expect: 100-continue")
    client.send(request[:-4])
    assert client.receive().status == 100

    client.send(b"body")
    assert client.receive().body == b"body"

    # the body is here before anybody could ask for it
    client.send(request)
    assert client.receive().body == b"body"


def test_a_client_that_disconnects_in_a_body_affects_no_other(backend: Service) -> None:
    for _ in range(2 * CONNECTIONS):
        with Client(backend) as client:
            client.send(post("/echo", b"x" * 1000)[:-1])

    # it no longer counts as one of the connections that may be open at once
    assert backend.get().status == 200


def test_a_connection_is_kept_for_the_next_request_longer_than_the_load_balancer_keeps_it(client: Client) -> None:
    for _ in range(3):
        client.send(post("/echo", b"x"))
        assert client.receive().headers["connection"] == "keep-alive"
    assert int(evaluate("from flask_tracing.gunicorn import keepalive; print(keepalive)")) > 60


def test_a_request_line_that_the_load_balancer_lets_through_is_served_and_traced(stack: Stack) -> None:
    path = f"{HOME}?q=".ljust(16_384 - len("GET  HTTP/1.1"), "x")
    answer = stack.backend.get(path)

    assert answer.status == 200
    assert eventually(lambda: stack.honeycomb.spans_of(answer.root), "the spans")
    assert eventually(lambda: stack.xray.segments_of(answer.root), "the segment")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (f"GET {HOME}?q=".ljust(16_385 - len(" HTTP/1.1"), "x") + " HTTP/1.1\r\n", 414),
        (f"GET {HOME} HTTP/1.1\r\n" + "X-Long: ".ljust(10_000, "x").join(["", "\r\n"]) * 7, 431),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200001\r\n\r\n", 413),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999999999999\r\n\r\n", 413),
        (CHUNKED + "30d41\r\n", 413),
    ],
    ids=["request line", "headers", "body", "number", "chunk"],
)
def test_a_request_that_is_too_large_is_refused_before_it_is_read(client: Client, request_: str, status: int) -> None:
    client.send(request_)

    assert client.receive().status == status
    assert client.is_closed()


def test_a_refused_client_can_finish_sending_and_read_the_answer(client: Client) -> None:
    request = post("/echo", b"x" * 300_000)
    client.send(request[:200_000])
    eventually(client.has_answer, "the refusal")
    # closing at once would have reset the connection
    client.send(request[200_000:250_000], request[250_000:])

    assert client.receive().status == 413


def test_bodies_that_do_not_fit_into_memory_together_are_refused_until_there_is_room(backend: Service) -> None:
    # each is within its own limit; the last of the three breaks the one for all
    upload = post("/echo", b"x" * 199_999)
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(backend)) for _ in range(3)]
        for client in clients:
            client.send(upload[:-1])
        [refused] = eventually(lambda: [client for client in clients if client.has_answer()], "the refusal")
        assert refused.receive().status == 503
        clients.remove(refused)

        assert backend.get().status == 200
        for client in clients:
            client.send(upload[-1:])
            assert client.receive().status == 200
        for _ in range(5):
            clients[0].send(upload)
            assert clients[0].receive().status == 200


@pytest.mark.parametrize(
    "request_",
    [
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_a_request_whose_length_is_in_doubt_ends_the_connection(client: Client, request_: str) -> None:
    client.send(request_)

    assert client.receive().status == 400
    assert client.is_closed()


@pytest.mark.parametrize("chunks", ["xyz\r\n", "3\r\nabcd\r\n0\r\n\r\n", "x" * 8_191, "-1\r\n", "0x1\r\na\r\n0\r\n\r\n"])
def test_a_chunk_without_a_right_size_ends_the_connection(client: Client, chunks: str) -> None:
    client.send(CHUNKED + chunks)

    assert client.receive().status in (400, 500)
    assert client.is_closed()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--certfile /dev/null", "`certfile` must not be set: TLS ends at the load balancer, got: '/dev/null'"),
        ("--proxy-protocol v1", "`proxy_protocol` must be off: this worker reads the client from X-Forwarded-For, got: 'v1'"),
    ],
)
def test_an_unsupported_setting_is_refused_in_one_message(argument: str, message: str) -> None:
    with starting(GUNICORN_CMD_ARGS=argument, PORT=str(free_port())) as backend:
        assert backend.process.wait(20) != 0
        assert message in backend.output()
