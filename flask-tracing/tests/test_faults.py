"""Faults of the tracing. None may fail a request or slow it."""

import threading
import time

import pytest
from conftest import wait_for_rules

from flask_tracing._sampling.xray_rules import CentralSampler
from support.honeycomb import HANG, honeycomb_double
from support.service import Service, free_port, running
from support.waiting import eventually
from support.xray import daemon_double

#: No request waits for a tracing backend; a request that did would take the backend's timeout, of ten seconds and more.
FAR_BELOW_ANY_TIMEOUT = 5.0

TRACING_LOGGERS = ("flask_tracing.", "aws_xray_sdk", "opentelemetry", "botocore", "urllib3")


def serves(backend: Service, requests: int = 40) -> None:
    """Every request is answered, and none waits."""
    for _ in range(requests):
        started = time.monotonic()
        assert backend.get().status == 200
        assert time.monotonic() - started < FAR_BELOW_ANY_TIMEOUT


def assert_quiet(backend: Service, causes: int) -> None:
    """At most one line a minute and cause; no test runs for a minute."""
    lines = backend.log_of(*TRACING_LOGGERS)
    assert len(lines) <= causes, [line["message"] for line in lines]


@pytest.mark.parametrize("address", ["127.0.0.1:{free}", "no-such-host.invalid:2000"], ids=["absent", "unresolvable"])
def test_a_missing_daemon(address: str) -> None:
    with honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            AWS_XRAY_DAEMON_ADDRESS=address.format(free=free_port()),
        ) as backend:
            serves(backend)
            root = backend.get().root
            eventually(lambda: honeycomb.spans_of(root), "the spans")
            # a fetch of rules is tried again after 1 s and after 2 s, and fails
            time.sleep(3.5)
            assert_quiet(backend, causes=2)


def test_a_daemon_that_is_killed_and_comes_back() -> None:
    port = free_port()
    with running(AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{port}") as backend:
        with daemon_double(port=port):
            wait_for_rules(backend, sampled=True)
        serves(backend)
        assert_quiet(backend, causes=3)
        with daemon_double(port=port) as back:
            root = backend.get().root
            assert eventually(lambda: back.segments_of(root), "the segment")


def test_until_a_late_daemon_answers_the_local_rule_samples() -> None:
    port = free_port()
    with running(AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{port}") as backend:
        serves(backend)
        # the SDK alone would try again after five minutes
        with daemon_double(port=port):
            wait_for_rules(backend, sampled=True)


class SixPauses(threading.Event):
    """Keeps how long it is waited for, waits for nothing, and ends the thread after six times."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if len(self.pauses) == 6:
            raise SystemExit
        return False


def test_a_missing_daemon_is_asked_again_every_15_s() -> None:
    sampler = CentralSampler(f"127.0.0.1:{free_port()}", origin=None)
    sampler._fetch_now = pauses = SixPauses()

    with pytest.raises(SystemExit):
        sampler._keep_rules()

    assert pauses.pauses == [1, 2, 4, 8, 15, 15]


@pytest.mark.parametrize("status", [401, 429, 500, HANG], ids=["401", "429", "500", "hangs"])
def test_honeycomb_that_rejects_spans(status: int) -> None:
    with honeycomb_double(status) as honeycomb, daemon_double() as xray:
        with running(
            HONEYCOMB_API_KEY="hcaik_01secret",
            **honeycomb.environment,
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
        ) as backend:
            wait_for_rules(backend, sampled=True)
            for _ in range(4):
                tried = len(honeycomb.requests)
                serves(backend, 10)
                if status != HANG:
                    eventually(lambda tried=tried: len(honeycomb.requests) > tried, "a batch")  # type: ignore[misc]
            root = backend.get().root
            assert eventually(lambda: xray.segments_of(root), "the segment")
            assert_quiet(backend, causes=1)
            assert "secret" not in backend.output()
            honeycomb.status = 200
            assert eventually(lambda: backend.get() and honeycomb.spans, "spans, after the fault")


def test_honeycomb_that_is_down() -> None:
    with running(HONEYCOMB_API_KEY="key", HTTPS_PROXY=f"http://127.0.0.1:{free_port()}", AWS_XRAY_SDK_ENABLED="no") as backend:
        serves(backend)
        eventually(lambda: backend.log_of("flask_tracing.export"), "the one line")
        serves(backend)
        assert_quiet(backend, causes=1)


def test_a_full_queue_does_not_slow_requests() -> None:
    with honeycomb_double(HANG) as honeycomb:
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            OTEL_BSP_MAX_QUEUE_SIZE="10",
            OTEL_BSP_MAX_EXPORT_BATCH_SIZE="5",
            AWS_XRAY_SDK_ENABLED="false",
        ) as backend:
            serves(backend, 60)
            assert_quiet(backend, causes=2)
        honeycomb.status = 200
