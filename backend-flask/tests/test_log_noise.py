"""Lasting faults write one line a minute and cause."""

import json
import logging

import pytest

from telemetry.logs import JsonFormatter, QuietTracing


def record(logger: str, message: str = "m") -> logging.LogRecord:
    return logging.LogRecord(logger, logging.WARNING, "file.py", 1, message, None, None)


def test_one_line_a_minute_and_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    quiet = QuietTracing()

    assert [quiet.filter(record("opentelemetry.exporter.otlp")) for _ in range(3)] == [True, False, False]
    assert quiet.filter(record("telemetry.xray_emitter"))
    assert quiet.filter(record("aws_xray_sdk.core.sampling.target_poller"))
    assert not quiet.filter(record("telemetry.xray_sampler"))
    now += 60
    late = record("opentelemetry.exporter.otlp")
    assert quiet.filter(late)
    assert json.loads(JsonFormatter().format(late))["suppressed"] == 2


def test_lines_of_the_application_always_pass() -> None:
    quiet = QuietTracing()

    assert all(quiet.filter(record("app")) for _ in range(100))
    assert all(quiet.filter(record("telemetry.wiring")) for _ in range(3))
