"""Spans as X-Ray documents: each row of the table in `docs/segments.md` is a test of its name."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, set_span_in_context

from flask_tracing._sampling.decision import XRayDecision
from flask_tracing._segments.document import SegmentDocuments
from flask_tracing._spans.cleaning import SpanCleaner
from support.service import TESTS

PARENT = SpanContext(0x6B06433B62D7F812D489D914375C825F, 0x53995C3F42CD8AD8, is_remote=False)
SQL = {
    "db.system": "postgresql",
    "db.name": "shop",
    "db.user": "app",
    "db.statement": "select ?",
    "net.peer.name": "db.internal",
}
ECS = {
    "cloud.platform": "aws_ecs",
    "container.name": "app",
    "container.id": "0123",
    "aws.ecs.cluster.arn": "arn:cluster",
    "aws.ecs.task.arn": "arn:task",
    "aws.log.group.names": ["/ecs/app"],
    "aws.log.group.arns": ["arn:logs"],
}


@dataclass
class Row:
    """A span, and what its document must hold; `None` for what it must not."""

    document: dict[str, Any]
    attributes: dict[str, Any] = field(default_factory=dict)
    kind: SpanKind = SpanKind.INTERNAL
    name: str = "work"
    first: bool = False
    resource: dict[str, Any] = field(default_factory=dict)
    act: Callable[[Span], None] = lambda _span: None
    links: tuple[Link, ...] = ()


def fail(error: BaseException) -> Callable[[Span], None]:
    def act(span: Span) -> None:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, str(error)))

    return act


def caused() -> RuntimeError:
    try:
        try:
            int("missing")
        except ValueError as error:
            raise RuntimeError("no such thing") from error
    except RuntimeError as error:
        return error
    raise AssertionError


ROWS = {
    "first span of a request or of other work": Row(
        first=True, document={"type": None, "namespace": None, "name": "shop", "metadata": {"default": {"span.name": "work"}}}
    ),
    "parent": Row(document={"parent_id": "53995c3f42cd8ad8"}),
    "any other span": Row(document={"type": "subsegment", "name": "work", "namespace": None, "service": None}),
    "kind client or producer": Row(
        kind=SpanKind.PRODUCER,
        attributes={"messaging.destination": "orders", "messaging.system": "kafka"},
        document={"namespace": "remote", "name": "orders"},
    ),
    "server span's HTTP attributes": Row(
        first=True,
        kind=SpanKind.SERVER,
        attributes={
            "http.method": "GET",
            "http.scheme": "https",
            "http.host": "api.example.com",
            "http.target": "/items/7",
            "http.user_agent": "curl/8",
            "net.peer.ip": "10.0.0.9",
            "http.status_code": 200,
            "http.response_content_length": 12,
        },
        document={
            "http": {
                "request": {
                    "method": "GET",
                    "url": "https://api.example.com/items/7",
                    "user_agent": "curl/8",
                    "client_ip": "10.0.0.9",
                },
                "response": {"status": 200, "content_length": 12},
            },
        },
    ),
    "client's address from the load balancer": Row(
        first=True,
        kind=SpanKind.SERVER,
        attributes={"http.method": "GET", "net.peer.ip": "10.0.0.9", "http.client_ip": "192.0.2.7"},
        document={"http": {"request": {"method": "GET", "client_ip": "192.0.2.7", "x_forwarded_for": True}}},
    ),
    "client span's HTTP attributes": Row(
        kind=SpanKind.CLIENT,
        attributes={"http.method": "POST", "http.url": "https://pay.example.com/charge", "http.status_code": 201},
        document={
            "name": "pay.example.com",
            "namespace": "remote",
            "http": {"request": {"method": "POST", "url": "https://pay.example.com/charge"}, "response": {"status": 201}},
            "metadata": None,
        },
    ),
    "stable names of HTTP attributes": Row(
        kind=SpanKind.CLIENT,
        attributes={
            "http.request.method": "POST",
            "url.full": "https://pay.example.com/charge",
            "server.address": "pay.example.com",
            "http.response.status_code": 201,
        },
        document={
            "name": "pay.example.com",
            "http": {"request": {"method": "POST", "url": "https://pay.example.com/charge"}, "response": {"status": 201}},
        },
    ),
    "call of an AWS SDK": Row(
        kind=SpanKind.CLIENT,
        attributes={
            "rpc.system": "aws-api",
            "rpc.service": "DynamoDB",
            "rpc.method": "BatchGetItem",
            "aws.region": "eu-central-1",
            "aws.request_id": "REQUEST-ID",
            "aws.dynamodb.table_names": ["items", "people"],
            "db.system": "dynamodb",
            "http.status_code": 200,
        },
        document={
            "name": "DynamoDB",
            "namespace": "aws",
            "aws": {
                "operation": "BatchGetItem",
                "region": "eu-central-1",
                "request_id": "REQUEST-ID",
                "table_names": ["items", "people"],
            },
            "http": {"response": {"status": 200}},
            "sql": None,
        },
    ),
    "call of a SQL database": Row(
        kind=SpanKind.CLIENT,
        attributes={**SQL, "net.peer.port": 5432},
        document={
            "name": "shop@db.internal",
            "namespace": "remote",
            "sql": {
                "url": "db.internal:5432/shop",
                "database_type": "postgresql",
                "user": "app",
                "sanitized_query": "select ?",
            },
        },
    ),
    "stable names of database attributes": Row(
        kind=SpanKind.CLIENT,
        attributes={
            "db.system.name": "postgresql",
            "db.namespace": "shop",
            "db.query.text": "select ?",
            "server.address": "db.internal",
        },
        document={
            "name": "shop@db.internal",
            "sql": {"url": "db.internal/shop", "database_type": "postgresql", "sanitized_query": "select ?"},
        },
    ),
    "call of another database": Row(
        kind=SpanKind.CLIENT,
        attributes={"db.system": "redis", "db.statement": "GET ?", "net.peer.name": "cache.internal"},
        document={
            "name": "redis@cache.internal",
            "namespace": "remote",
            "sql": None,
            "metadata": {"default": {"db.system": "redis", "db.statement": "GET ?", "net.peer.name": "cache.internal"}},
        },
    ),
    "status 4xx": Row(attributes={"http.status_code": 404}, document={"error": True, "fault": None, "throttle": None}),
    "status 429": Row(attributes={"http.status_code": 429}, document={"error": True, "fault": None, "throttle": True}),
    "status 5xx": Row(attributes={"http.status_code": 503}, document={"error": None, "fault": True, "throttle": None}),
    "error status without an HTTP status": Row(
        act=lambda span: span.set_status(Status(StatusCode.ERROR, "out of stock")),
        document={"fault": True, "cause.exceptions.0.message": "out of stock"},
    ),
    "client that has disconnected": Row(
        attributes={"http.status_code": 200, "error.type": "client_disconnected"},
        act=lambda span: span.set_status(Status(StatusCode.ERROR, "gone")),
        document={"error": True, "fault": None},
    ),
    "exception": Row(
        act=fail(caused()),
        document={
            "fault": True,
            "cause.exceptions.0.type": "RuntimeError",
            "cause.exceptions.0.message": "no such thing",
            "cause.exceptions.0.remote": False,
            "cause.exceptions.0.stack.0.label": "caused",
            "cause.exceptions.0.stack.0.path": __file__,
        },
    ),
    "exception that was caused by another": Row(
        act=fail(caused()),
        document={
            "cause.exceptions.1.type": "ValueError",
            "cause.exceptions.1.message": "invalid literal for int() with base 10: 'missing'",
            "cause.exceptions.1.stack.0.label": "caused",
        },
    ),
    "exception of a client span": Row(
        kind=SpanKind.CLIENT, act=fail(TimeoutError("late")), document={"cause.exceptions.0.remote": True}
    ),
    "exception that was handled, without an error": Row(
        act=lambda span: span.record_exception(ValueError("retried")),
        document={"cause": None, "fault": None, "metadata": {"default": {"exceptions.handled": ["ValueError: retried"]}}},
    ),
    "attribute that nothing above uses": Row(
        attributes={"app.items": 3, "app.tags": ["a", "b"]},
        document={"metadata": {"default": {"app.items": 3, "app.tags": ("a", "b")}}},
    ),
    "attribute that `aws.xray.annotations` names": Row(
        attributes={"app.user-kind": "guest", "app.items": 3, "aws.xray.annotations": ["app.user-kind", "not.there"]},
        document={"annotations": {"app_user_kind": "guest"}, "metadata": {"default": {"app.items": 3}}},
    ),
    "characters that X-Ray drops of a name": Row(
        name="GET /items/<int:number>?\n☃ ü" + "x" * 300, document={"name": "GET /items/int:number  ü" + "x" * 176}
    ),
    "link": Row(
        links=(Link(PARENT),),
        document={"links": [{"trace_id": "1-6b06433b-62d7f812d489d914375c825f", "id": "53995c3f42cd8ad8"}]},
    ),
    "`enduser.id` or `user.id` of the first span": Row(
        first=True, attributes={"enduser.id": "alice"}, document={"user": "alice"}
    ),
    "resource's `service.version`": Row(
        first=True, resource={"service.version": "1.2.3"}, document={"service.version": "1.2.3", "service.runtime": "CPython"}
    ),
    "resource's `deployment.environment.name`": Row(
        first=True,
        resource={"deployment.environment.name": "dev"},
        document={"annotations": {"deployment_environment_name": "dev"}},
    ),
    "sampling rule": Row(first=True, document={"aws.xray.sampling_rule_name": "Cruddur"}),
    "OpenTelemetry's SDK": Row(
        first=True,
        resource={"telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "python", "telemetry.sdk.version": "1.2"},
        document={"aws.xray.sdk": "opentelemetry for python", "aws.xray.sdk_version": "1.2"},
    ),
    "task of ECS": Row(
        first=True,
        resource=ECS,
        document={
            "origin": "AWS::ECS::Container",
            "aws.ecs": {"container": "app", "container_id": "0123", "cluster_arn": "arn:cluster", "task_arn": "arn:task"},
        },
    ),
    "log group of the task": Row(
        first=True, resource=ECS, document={"aws.cloudwatch_logs": [{"log_group": "/ecs/app", "arn": "arn:logs"}]}
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_span_becomes_the_document_that_the_table_says(row: str) -> None:
    document = document_of(ROWS[row])

    for path, value in ROWS[row].document.items():
        assert at(document, path) == value, path


def test_every_row_of_the_table_has_its_test() -> None:
    text = (TESTS.parent / "docs" / "segments.md").read_text().partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| .* \|$", text, re.MULTILINE)[1:]

    assert rows == list(ROWS)


def test_an_exception_names_its_cause_by_id() -> None:
    first, second = at(document_of(ROWS["exception that was caused by another"]), "cause.exceptions")

    assert first["cause"] == second["id"] != first["id"]


def test_the_stack_of_an_endless_recursion_is_cut_and_says_so() -> None:
    def again() -> None:
        again()

    with pytest.raises(RecursionError) as caught:
        again()

    [exception] = at(document_of(Row(act=fail(caught.value), document={})), "cause.exceptions")
    assert len(exception["stack"]) <= 64


def document_of(row: Row) -> dict[str, Any]:
    """The document of a span that is made and ended as the row says."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=ALWAYS_ON, resource=Resource(row.resource))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    above = set_span_in_context(NonRecordingSpan(PARENT))
    span = provider.get_tracer("test").start_span(row.name, above, row.kind, row.attributes, row.links)
    assert isinstance(span, Span)
    row.act(span)
    span.end()
    [ended] = exporter.get_finished_spans()
    decision = XRayDecision(sampled=True, rule="Cruddur")
    decision.segment_id = ended_id(ended) if row.first else PARENT.span_id
    cleaner = SpanCleaner(8_192, record_query=False)
    return SegmentDocuments("shop", provider.resource).document_of(cleaner.clean(ended), decision)


def ended_id(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def at(document: Any, path: str) -> Any:
    """The value at a path of keys and indexes; `None` where there is none."""
    for step in path.split("."):
        if isinstance(document, list | tuple):
            document = document[int(step)] if int(step) < len(document) else None
        else:
            document = (document or {}).get(step)
    return document
