"""The application of the tests: what requests do, and what goes wrong in them."""

import logging
import logging.config
import time
from collections.abc import Iterator
from typing import Any

import requests
from flask import Flask, request, stream_with_context
from opentelemetry import trace

from flask_tracing import instrument
from flask_tracing.logs import LOGGING

tracer = trace.get_tracer("application")


def create_app() -> Flask:
    """The application, traced."""
    logging.config.dictConfig(LOGGING)
    app = Flask("test-service")
    for view in (home, health, boom, slow, call, log, sampled, headers, large, stream, broken_stream, endless, teardown, long):
        app.add_url_rule(f"/{view.__name__.replace('_', '-')}", view.__name__, view)
    app.add_url_rule("/echo", "echo", echo, methods=["POST"])
    app.teardown_request(fail_if_asked)
    instrument(app, exclude=["/health"])
    return app


def home() -> list[int]:
    """Work with a span of its own."""
    with tracer.start_as_current_span("load-home") as span:
        span.set_attribute("app.items", 3)
        return [1, 2, 3]


def health() -> dict[str, bool]:
    """A health check that does work."""
    with tracer.start_as_current_span("check-health"):
        return {"success": True}


def boom() -> str:
    """Fails with a text that no response may show."""
    raise RuntimeError("the secret reason")


def slow() -> str:
    """Answers late."""
    logging.getLogger("application").info("waiting")
    time.sleep(float(request.args["seconds"]))
    return "done"


def call() -> dict[str, Any]:
    """Calls another service."""
    answer = requests.get(request.args["url"], timeout=10)
    return {"status": answer.status_code, "body": answer.text}


def log() -> str:
    """Writes a line of the application's own."""
    logging.getLogger("application").info("here")
    return "logged"


def sampled() -> dict[str, bool]:
    """Whether X-Ray records this request."""
    # it raises on a malformed daemon address while it is being imported
    from aws_xray_sdk.core import xray_recorder

    return {"sampled": xray_recorder.is_sampled()}


def headers() -> dict[str, str]:
    """What reaches the application of the caller's headers."""
    return dict(request.headers.items())


def large() -> str:
    """Puts more into its segment than a datagram holds, in every way there is."""
    from aws_xray_sdk.core import xray_recorder

    span = trace.get_current_span()
    for number in range(100):
        span.set_attribute(f"large.{number}", "x" * 70_000)
    span.set_attribute("list", ["y" * 1_000] * 100)
    span.set_attribute("not-a-number", float("nan"))
    span.set_attribute("huge", 1 << 70)
    span.set_attribute("half a pair \ud800", "half a pair \ud800")
    span.set_attribute("nested", {"a": [1, {"b": "c" * 100_000}]})
    xray_recorder.current_segment().put_metadata("large", "z" * 70_000)
    return "large"


def long() -> str:
    """Fails with a long message, at the end of a chain."""
    try:
        return str(int("k" * 100_000))
    except ValueError as error:
        raise RuntimeError("m" * 100_000) from error


def echo() -> bytes:
    """Answers with the body of the request."""
    return request.get_data()


def stream() -> Iterator[str]:
    """Makes its body after the view has returned."""
    for part in ("first", "second"):
        with tracer.start_as_current_span(part):
            yield part


def broken_stream() -> Any:
    """Fails when a part of the body has been sent."""

    def parts() -> Iterator[str]:
        yield "first"
        raise RuntimeError("in the middle")

    return stream_with_context(parts())


def endless() -> Iterator[str]:
    """Sends until the client has gone."""
    while True:
        time.sleep(0.01)
        yield "x" * 10_000


def teardown() -> str:
    """Answers, and fails after it."""
    return "answered"


def fail_if_asked(_error: BaseException | None) -> None:
    """Fails while the request is torn down."""
    if request.path == "/teardown":
        raise RuntimeError("while tearing down")
