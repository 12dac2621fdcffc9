"""Tracing that is turned off costs nothing."""

from support.honeycomb import honeycomb_double
from support.service import evaluate, running
from support.xray import daemon_double

OFF = {"OTEL_SDK_DISABLED": "true", "AWS_XRAY_SDK_ENABLED": "false"}

LOOK = """
import gc
import sys
from flask import Flask
from flask_tracing import instrument
app = Flask("test-service")
instrument(app)
assert app.wsgi_app.__func__ is Flask.wsgi_app, "a middleware is installed"
assert not app.before_request_funcs and not app.after_request_funcs and not app.teardown_request_funcs
heavy = {name.split(".")[0] for name in sys.modules} & {"aws_xray_sdk", "botocore", "requests", "google"}
assert not heavy, heavy
assert "opentelemetry.sdk" not in sys.modules
assert len(gc.get_objects()) > gc.get_freeze_count(), "the objects are frozen"
"""


def test_no_middleware_is_installed_and_no_sdk_is_imported() -> None:
    evaluate(LOOK, **OFF)


def test_nothing_is_sent_and_the_routes_serve() -> None:
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
            **OFF,
        ) as backend:
            answer = backend.get()
            assert (answer.status, len(answer.json), "x-amzn-trace-id" in answer.headers) == (200, 3, False)
            assert backend.terminate() == 0
            assert backend.log_of("flask_tracing") == []

    assert (honeycomb.requests, xray.segments, xray.rules_served) == ([], [], 0)


def test_either_backend_works_without_the_other() -> None:
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        environment = {
            "HONEYCOMB_API_KEY": "key",
            **honeycomb.environment,
            "AWS_XRAY_DAEMON_ADDRESS": xray.address,
        }
        with running(**environment, AWS_XRAY_SDK_ENABLED="false") as backend:
            root = backend.get().root
            assert backend.terminate() == 0
        assert len(honeycomb.spans_of(root)) == 2
        assert xray.rules_served == 0

        with running(**environment, OTEL_SDK_DISABLED="true") as backend:
            roots = [backend.get().root for _ in range(3)]
            assert backend.terminate() == 0
        assert {segment["trace_id"] for segment in xray.segments} <= set(roots)
        assert xray.segments
        assert len(honeycomb.requests) == 1
