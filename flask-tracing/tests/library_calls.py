"""The application of the tests, and routes that work with libraries which OpenTelemetry instruments."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.session
import httpx
import requests
import sqlalchemy
from aws_xray_sdk.core import xray_recorder
from flask import Flask, request
from opentelemetry import trace

import application

tracer = trace.get_tracer("library-calls")


def create_app() -> Flask:
    """The application, traced, with a database in memory."""
    app = application.create_app()
    for view in (every_library, dynamodb, statement, threads, recorder):
        app.add_url_rule(f"/{view.__name__.replace('_', '-')}", view.__name__, view)
    return app


def every_library() -> dict[str, Any]:
    """Calls a service with two clients, DynamoDB, two databases, and works in a span and on a thread."""
    url = request.args["url"]
    with tracer.start_as_current_span("outer"):
        with tracer.start_as_current_span("inner"):
            by_httpx = httpx.get(url).json()
        by_requests = requests.get(url, timeout=10).json()
        _table_of(request.args["aws"])
        _query()
        with sqlite3.connect(":memory:") as connection:
            connection.execute("select 1")
        worker = threading.Thread(target=_work)
        worker.start()
        worker.join()
    return {"httpx": by_httpx, "requests": by_requests}


def dynamodb() -> dict[str, Any]:
    """Puts an item into a table."""
    _table_of(request.args["aws"])
    return {}


def statement() -> dict[str, Any]:
    """Runs a statement with a literal and a parameter in it."""
    _query()
    return {}


def threads() -> dict[str, Any]:
    """Works on a pool's threads, and leaves a span open that ends after the response."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _work(), range(4)))
    late = tracer.start_span("late")
    threading.Timer(0.2, late.end).start()
    return {}


def recorder() -> dict[str, Any]:
    """Works as code written for the X-Ray SDK does."""
    with xray_recorder.in_subsegment("by-recorder") as subsegment:
        xray_recorder.current_subsegment().put_annotation("items", 3)
        with tracer.start_as_current_span("span-in-subsegment"):
            _captured()
    xray_recorder.current_segment().put_annotation("whole", True)
    xray_recorder.current_segment().put_metadata("more", {"a": 1}, "own")
    return {"segment": xray_recorder.current_segment().id, "subsegment": subsegment.id}


@xray_recorder.capture("captured")  # type: ignore[untyped-decorator]
def _captured() -> None:
    xray_recorder.put_annotation("inside", "captured")


def _work() -> None:
    with tracer.start_as_current_span("on-a-thread"):
        pass


def _query() -> None:
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("select 'a secret literal', :value, 42"), {"value": "a secret parameter"})


def _table_of(url: str) -> None:
    session = botocore.session.get_session()
    session.set_credentials("id", "secret")
    client = session.create_client("dynamodb", region_name="eu-central-1", endpoint_url=url)
    client.put_item(TableName="items", Item={"id": {"S": "a secret item"}})
