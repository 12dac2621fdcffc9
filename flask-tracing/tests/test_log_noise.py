"""Lasting faults write one line a minute and cause."""

import json
import logging

import pytest

from flask_tracing._serving.logger import RefusedRequests
from flask_tracing.logs import JsonFormatter, QuietTracing
from support.clients import Client
from support.service import UNTRACED, running
from support.waiting import eventually


def record(logger: str, message: str = "m") -> logging.LogRecord:
    return logging.LogRecord(logger, logging.WARNING, "file.py", 1, message, None, None)


def test_one_line_a_minute_and_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    quiet = QuietTracing()

    assert [quiet.filter(record("opentelemetry.exporter.otlp")) for _ in range(3)] == [True, False, False]
    assert quiet.filter(record("flask_tracing._sending.emitter"))
    assert quiet.filter(record("aws_xray_sdk.core.sampling.target_poller"))
    assert not quiet.filter(record("flask_tracing._sampling.xray_rules"))
    now += 60
    late = record("opentelemetry.exporter.otlp")
    assert quiet.filter(late)
    assert json.loads(JsonFormatter().format(late))["suppressed"] == 2


def test_lines_of_the_application_always_pass() -> None:
    quiet = QuietTracing()

    assert all(quiet.filter(record("app")) for _ in range(100))
    assert all(quiet.filter(record("flask_tracing")) for _ in range(3))


def test_hostile_requests_write_one_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    refused = RefusedRequests()

    assert [refused.filter(record("gunicorn.error", "Invalid request from ip=1")) for _ in range(3)] == [True, False, False]
    assert all(refused.filter(record("gunicorn.error", "Worker exiting")) for _ in range(3))
    now += 60
    late = record("gunicorn.error", "Invalid request from ip=2" + "x" * 1_000)
    assert refused.filter(late)
    entry = json.loads(JsonFormatter().format(late))
    assert (entry["suppressed"], len(entry["message"])) == (2, 500)


def test_gunicorn_writes_one_line_for_many_hostile_requests() -> None:
    with running(**UNTRACED) as backend:
        for request in ("GET /\0 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: \1\r\n\r\n", "GET /".ljust(20_000, "x")) * 5:
            with Client(backend) as client:
                client.send(request)
                assert client.receive().status in (400, 414)
        lines = eventually(lambda: [line for line in backend.log() if "Invalid request" in line["message"]], "the line")

    assert len(lines) == 1
