"""The application with routes that only tests need."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import requests
from flask import Flask, request
from opentelemetry import trace

import app as application
from telemetry.configuration import load_settings


def create_app() -> Flask:
    """The real application, and routes that fail, wait, call and log."""
    app = application.create_app(load_settings())
    app.add_url_rule("/boom", "boom", boom)
    app.add_url_rule("/slow", "slow", slow)
    app.add_url_rule("/call", "call", call)
    app.add_url_rule("/log", "log", log)
    app.add_url_rule("/sampled", "sampled", sampled)
    app.add_url_rule("/headers", "headers", headers)
    app.add_url_rule("/large", "large", large)
    app.add_url_rule("/stream", "stream", stream)
    app.add_url_rule("/echo", "echo", echo, methods=["POST"])
    return app


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
    from aws_xray_sdk.core import xray_recorder

    return {"sampled": xray_recorder.is_sampled()}


def headers() -> dict[str, str]:
    """What reaches the application of the caller's headers."""
    return dict(request.headers.items())


def large() -> str:
    """Puts more into its segment than a datagram holds."""
    from aws_xray_sdk.core import xray_recorder

    xray_recorder.current_segment().put_metadata("large", "x" * 70_000)
    return "large"


def echo() -> bytes:
    """Answers with the body of the request."""
    return request.get_data()


def stream() -> Iterator[str]:
    """Makes its body after the view has returned."""
    for part in ("first", "second"):
        with trace.get_tracer("application").start_as_current_span(part):
            yield part
