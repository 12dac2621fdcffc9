"""Clients that are slow, or hold on to their connection, cost others nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from statistics import median

import pytest

from support.clients import SLOW_BODY, SLOW_CHUNKS, SLOW_HEADERS, Client, post, slow_clients
from support.service import HEALTH, HOME, UNTRACED, Answer, Service, running
from support.waiting import eventually
from support.worker import IMPATIENT, PATIENT, ImpatientWorker

#: Of each kind: together many times the threads.
COUNT = 40


@contextmanager
def application(arguments: str) -> Iterator[Service]:
    with running(GUNICORN_CMD_ARGS=arguments, **UNTRACED) as backend:
        yield backend


@pytest.fixture(scope="module")
def patient() -> Iterator[Service]:
    with application(PATIENT) as backend:
        yield backend


@pytest.fixture(scope="module")
def impatient() -> Iterator[Service]:
    with application(IMPATIENT) as backend:
        yield backend


@contextmanager
def clients_that_keep_their_end_open(backend: Service) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(COUNT):
            client = stack.enter_context(Client(backend))
            client.send(f"GET {HOME} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n")
            client.receive()
        yield


def slow_senders(backend: Service) -> AbstractContextManager[object]:
    return slow_clients(backend, COUNT, SLOW_BODY, SLOW_CHUNKS, SLOW_HEADERS)


@pytest.mark.parametrize("others", [slow_senders, clients_that_keep_their_end_open])
def test_other_requests_are_not_slowed(patient: Service, others: Callable[[Service], AbstractContextManager[object]]) -> None:
    with application(PATIENT) as undisturbed, others(patient):
        pairs = [(taken_by(patient), taken_by(undisturbed)) for _ in range(60)]

    assert median(disturbed / usual for disturbed, usual in pairs) < 2
    # nor does a single one wait for what others do
    assert sum(disturbed for disturbed, _ in pairs) < 3 * sum(usual for _, usual in pairs)


def taken_by(backend: Service) -> float:
    started = time.monotonic()
    assert backend.get().status == 200
    assert backend.get(HEALTH).status == 200
    return time.monotonic() - started


def test_a_health_check_passes(patient: Service) -> None:
    with slow_senders(patient):
        assert patient.get(HEALTH).status == 200


def test_a_slow_client_is_answered_408(impatient: Service) -> None:
    with slow_clients(impatient, COUNT, SLOW_BODY, SLOW_CHUNKS, SLOW_HEADERS) as slow:
        assert slow.statuses() == {408: 3 * COUNT}


def test_a_408_is_sent_at_the_timeout_and_not_before(impatient: Service) -> None:
    with Client(impatient) as client:
        started = time.monotonic()
        client.send(SLOW_BODY)
        refused = client.receive()
        took = time.monotonic() - started

        assert (refused.status, refused.headers["connection"]) == (408, "close")
        assert client.is_closed()
    # of the timeout; a busy machine may only be later
    assert took > 0.95 * ImpatientWorker.request_timeout


def test_an_upload_that_goes_on_may_take_longer_than_the_timeout(impatient: Service) -> None:
    parts = [b"x" * 16_384] * 12
    with Client(impatient) as client:
        client.send(post("/echo", b"".join(parts))[: -sum(map(len, parts))])
        for part in parts:
            client.send(part)
            time.sleep(0.3)

        assert client.receive().body == b"".join(parts)


def test_a_fast_start_does_not_extend_the_deadline(impatient: Service) -> None:
    with Client(impatient) as hoarder, Client(impatient) as slow:
        started = time.monotonic()
        # at the least rate these bytes may take ten times as long as the timeout
        hoarder.send(post("/echo", b"x" * 190_000)[:-1])
        slow.send(SLOW_BODY)
        assert slow.receive().status == 408
        usual = time.monotonic() - started
        assert hoarder.receive().status == 408
        assert time.monotonic() - started < 3 * usual


def test_on_sigterm_slow_clients_are_answered_and_no_other_is_lost() -> None:
    with application(IMPATIENT) as backend:
        in_flight: list[Answer] = []
        waiting = [threading.Thread(target=lambda: in_flight.append(backend.get("/slow?seconds=2"))) for _ in range(16)]
        for client in waiting:
            client.start()
        eventually(lambda: len(backend.log_of("application")) >= 8, "the start of the requests that threads are free for")
        with slow_clients(backend, COUNT, SLOW_BODY, SLOW_HEADERS) as slow, Client(backend) as uploading:
            upload = post("/echo", b"x" * 1000)
            uploading.send(upload[:-1])
            time.sleep(0.3)
            backend.process.terminate()
            time.sleep(0.3)
            uploading.send(upload[-1:])

            assert uploading.receive().body == b"x" * 1000
            assert slow.statuses() == {408: 2 * COUNT}
        for client in waiting:
            client.join()
        assert [answer.body for answer in in_flight] == [b"done"] * 16
        assert backend.process.wait(30) == 0


def test_on_sigterm_an_upload_that_goes_on_gets_no_more_than_the_timeout() -> None:
    with application(IMPATIENT) as backend, Client(backend) as client:
        parts = [b"x" * 16_384] * 12
        client.send(post("/echo", b"".join(parts))[: -sum(map(len, parts))])
        backend.process.terminate()
        for part in parts:
            if client.has_answer():
                break
            client.send(part)
            time.sleep(0.3)

        assert client.receive().status == 408
        assert backend.process.wait(30) == 0
