"""How the application serves: errors, and the way it stops."""

import os
import signal
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from conftest import Stack

from support.clients import Client
from support.honeycomb import HANG, honeycomb_double
from support.service import HEALTH, HOME, TESTS, UNTRACED, Answer, Program, Service, evaluate, free_port, running
from support.waiting import eventually
from support.xray import daemon_double


def test_the_reason_of_a_failure_is_in_the_traces_and_the_log_and_not_in_the_response(stack: Stack) -> None:
    answer = stack.backend.get("/boom")

    assert answer.status == 500
    assert b"secret reason" not in answer.body

    [segment] = eventually(lambda: stack.xray.segments_of(answer.root), "the segment")
    [exception] = segment["cause"]["exceptions"]
    assert (segment["fault"], exception["type"], exception["message"]) == (True, "RuntimeError", "the secret reason")
    assert exception["stack"][0]["label"] == "boom"

    [span] = eventually(lambda: stack.honeycomb.spans_of(answer.root), "the span")
    [event] = [event for event in span.events if event["name"] == "exception"]
    assert (span.status, event["exception.message"]) == (2, "the secret reason")

    [line] = eventually(lambda: [entry for entry in stack.backend.log() if entry.get("trace_id") == answer.root], "the line")
    assert "RuntimeError: the secret reason" in line["exception"]


def test_requests_are_not_logged_one_by_one(stack: Stack) -> None:
    before = len(stack.backend.log())
    for _ in range(10):
        stack.backend.get()

    assert len(stack.backend.log()) == before


LOOK_AT_THE_LOGGER = """
from gunicorn.app.wsgiapp import WSGIApplication
cfg = WSGIApplication().cfg
print(cfg.logger_class.__name__, cfg.logger_class(cfg).access_log_enabled)
"""


def test_an_access_log_that_is_off_costs_nothing() -> None:
    # gunicorn's own logger would format a line for each request and discard it
    assert evaluate(LOOK_AT_THE_LOGGER) == "ServiceLogger False\n"


LOOK_AT_THE_THREADS = """
from types import SimpleNamespace
from flask_tracing.gunicorn import BufferingThreadWorker
from opentelemetry.instrumentation.threading import ThreadingInstrumentor
from opentelemetry.context import attach, get_value, set_value
from concurrent.futures import ThreadPoolExecutor

ThreadingInstrumentor().instrument()
pools = [ThreadPoolExecutor(1), BufferingThreadWorker.get_thread_pool(SimpleNamespace(cfg=SimpleNamespace(threads=1)))]
for pool in pools:
    pool.submit(int)  # the thread itself inherits the context in which it starts
attach(set_value("work", "of a request"))
print([pool.submit(get_value, "work").result() for pool in pools])
"""


def test_the_threads_that_serve_inherit_no_context() -> None:
    # an instrumented pool copies the context of the loop into each request, at a cost
    assert evaluate(LOOK_AT_THE_THREADS) == "['of a request', None]\n"


def test_an_access_log_that_is_asked_for_is_json() -> None:
    with running(GUNICORN_CMD_ARGS="--access-logfile -", **UNTRACED) as backend:
        backend.get("/nowhere?from=here")
        lines = eventually(lambda: [line for line in backend.log_of("gunicorn.access") if "nowhere" in line["message"]])

    [line] = lines
    assert '"GET /nowhere?from=here HTTP/1.1" 404' in line["message"]


def test_on_sigterm_requests_in_flight_finish_and_the_last_spans_leave_and_the_exit_code_is_0() -> None:
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            OTEL_BSP_SCHEDULE_DELAY="60000",
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
        ) as backend:
            in_flight: list[Answer] = []
            client = threading.Thread(target=lambda: in_flight.append(backend.get("/slow?seconds=2")))
            client.start()
            eventually(lambda: backend.log_of("application"), "the request's start")
            finished = [backend.get("/sampled") for _ in range(3)]

            assert backend.terminate() == 0
            client.join()

    assert in_flight[0].body == b"done"
    for answer in (*finished, in_flight[0]):
        assert honeycomb.spans_of(answer.root)


FLASK = Program(
    (sys.executable, "-c", "import os; from application import create_app; create_app().run(port=int(os.environ['PORT']))"),
    TESTS,
    HEALTH,
)


def test_a_server_without_a_handler_of_sigterm_sends_the_last_spans() -> None:
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        with running(
            FLASK,
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            OTEL_BSP_SCHEDULE_DELAY="60000",
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
        ) as backend:
            finished = [backend.get() for _ in range(3)]

            assert backend.terminate() == 128 + signal.SIGTERM

    assert [len(honeycomb.spans_of(answer.root)) for answer in finished] == [2, 2, 2]


HANDLERS = """
import signal, threading
from flask import Flask
from flask_tracing import instrument

signal.signal(signal.SIGTERM, {handler})
app = Flask("a")
thread = threading.Thread(target=instrument, args=[app])
{start}
print(signal.getsignal(signal.SIGTERM) is {handler}, type(app.wsgi_app).__name__)
"""


@pytest.mark.parametrize(
    ("handler", "start"),
    [
        ("print", "instrument(app)"),
        ("signal.SIG_IGN", "instrument(app)"),
        # Python sets handlers in the main thread only
        ("signal.SIG_DFL", "thread.start(); thread.join()"),
    ],
)
def test_a_handler_of_sigterm_is_left_alone(handler: str, start: str) -> None:
    assert evaluate(HANDLERS.format(handler=handler, start=start)) == "True TracingMiddleware\n"


def test_no_request_is_lost_when_sigterm_comes_under_load() -> None:
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        with running(HONEYCOMB_API_KEY="key", **honeycomb.environment, AWS_XRAY_DAEMON_ADDRESS=xray.address) as backend:
            load = Load(backend)
            eventually(lambda: len(load.answers) > 100, "some load")
            load.start_no_more()

            assert backend.terminate() == 0
            load.join()

    assert load.lost == []
    assert {answer.status for answer in load.answers} == {200}
    assert [answer.root for answer in load.answers if len(honeycomb.spans_of(answer.root)) != 2] == []


def test_clients_that_are_not_yet_accepted_on_sigterm_are_served() -> None:
    with running(**UNTRACED) as backend, ExitStack() as stack:
        [worker] = children(backend.process.pid)
        os.kill(worker, signal.SIGSTOP)
        stack.callback(resume, worker)
        eventually(lambda: field(status_of(worker), "State") == "T", "the worker's stop")
        clients = [stack.enter_context(Client(backend)) for _ in range(20)]
        for client in clients:
            client.send(f"GET {HOME} HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
        backend.process.terminate()
        eventually(lambda: int(field(status_of(worker), "ShdPnd"), 16) & 1 << signal.SIGTERM - 1, "the worker's SIGTERM")
        resume(worker)

        assert [client.receive().status for client in clients] == [200] * 20


def resume(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


class Load:
    """Clients that request one page after the other, each on a new connection."""

    def __init__(self, backend: Service) -> None:
        self.answers: list[Answer] = []
        self.lost: list[OSError] = []
        self._backend = backend
        self._stopping = threading.Event()
        # more than the application has threads, so that some wait to be accepted
        self._clients = [threading.Thread(target=self._request) for _ in range(16)]
        for client in self._clients:
            client.start()

    def start_no_more(self) -> None:
        """Requests that are under way go on."""
        self._stopping.set()

    def join(self) -> None:
        """Waits for the requests that are under way."""
        for client in self._clients:
            client.join()

    def _request(self) -> None:
        while not self._stopping.is_set():
            try:
                self.answers.append(self._backend.get())
            except OSError as error:
                self.lost.append(error)


@pytest.mark.parametrize("endpoint", ["hangs", "refuses"])
def test_an_endpoint_that_does_not_answer_holds_the_exit_for_less_than_10_s(endpoint: str) -> None:
    with honeycomb_double(HANG) as honeycomb:
        environment = dict(honeycomb.environment)
        if endpoint == "refuses":
            environment["HTTPS_PROXY"] = f"http://127.0.0.1:{free_port()}"
        with running(HONEYCOMB_API_KEY="key", AWS_XRAY_DAEMON_ADDRESS="127.0.0.1:9", **environment) as backend:
            for _ in range(20):
                backend.get()
            started = time.monotonic()
            assert backend.terminate() == 0
            took = time.monotonic() - started
        honeycomb.status = 200

    assert took < 10


def test_the_threads_of_the_tracing_start_in_the_process_that_serves() -> None:
    with running(HONEYCOMB_API_KEY="key") as backend:
        master = backend.process.pid
        [worker] = children(master)
        assert thread_count(master) == 1
        assert thread_count(worker) > 3


LOOK_AT_THE_COLLECTOR = """
import gc
from application import create_app
create_app()
print(len(gc.get_objects()) / gc.get_freeze_count())
"""


def test_a_garbage_collection_does_not_look_through_the_libraries_of_the_tracing() -> None:
    looked_through = evaluate(LOOK_AT_THE_COLLECTOR, HONEYCOMB_API_KEY="key", AWS_XRAY_DAEMON_ADDRESS="127.0.0.1:9")

    # of all objects; without it a full collection takes tens of milliseconds, in which no request is served
    assert float(looked_through) < 0.1


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def thread_count(pid: int) -> int:
    return int(field(status_of(pid), "Threads"))


def status_of(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


def field(status: str, name: str) -> str:
    return next(line.split()[1] for line in status.splitlines() if line.startswith(f"{name}:"))
