"""Batches of spans as the official classes decode them."""

import random
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, set_span_in_context

from flask_tracing._export.encoder import encode_batch

VALUES: list[Any] = [
    "",
    "text",
    "ü☃" * 100,
    "x" * 20_000,
    True,
    False,
    0,
    1,
    -1,
    127,
    128,
    (1 << 63) - 1,
    -(1 << 63),
    0.0,
    -1.5,
    float("inf"),
    ("a", "b"),
    (1, 2),
    b"bytes",
    {"nested": [1, "a"]},
]


def spans_of(seed: int, count: int) -> list[ReadableSpan]:
    """Spans of two scopes, with whatever a span can have."""
    chance = random.Random(seed)
    exporter = InMemorySpanExporter()
    provider = TracerProvider(
        sampler=ALWAYS_ON, resource=Resource({"service.name": "test", "list": ("a", "b")}, "https://schema")
    )
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracers = [provider.get_tracer("one", "1.0", "https://schema/one"), provider.get_tracer("two", attributes={"a": "b"})]
    parents = [None, SpanContext(1, 2, is_remote=True), SpanContext((1 << 128) - 1, (1 << 64) - 1, is_remote=False)]
    for number in range(count):
        parent = chance.choice(parents)
        span = chance.choice(tracers).start_span(
            "" if number == 0 else f"span {number}",
            context=None if parent is None else set_span_in_context(NonRecordingSpan(parent)),
            kind=chance.choice(list(SpanKind)),
            attributes={f"key {index}": chance.choice(VALUES) for index in range(chance.randrange(12))},
            links=[Link(SpanContext(3, 4, is_remote=True), {"a": 1})] if chance.random() < 0.1 else [],
        )
        if chance.random() < 0.3:
            span.record_exception(ValueError("no"), {"more": chance.choice(VALUES)})
            span.add_event("", {})
            span.set_status(Status(StatusCode.ERROR, chance.choice(["", "no", "ü" * 100])))
        if chance.random() < 0.2:
            span.set_status(StatusCode.OK)
        span.end()
    return list(exporter.get_finished_spans())


@pytest.mark.parametrize("seed", range(5))
def test_a_batch_is_what_the_librarys_encoder_makes_of_it(seed: int) -> None:
    spans = spans_of(seed, 200)

    decoded = ExportTraceServiceRequest.FromString(encode_batch(spans))

    assert by_id(decoded) == by_id(encode_spans(spans))
    assert [of_resource.resource for of_resource in decoded.resource_spans] == [
        encode_spans(spans).resource_spans[0].resource
    ] * 2
    assert {of_resource.schema_url for of_resource in decoded.resource_spans} == {"https://schema"}


def by_id(request: ExportTraceServiceRequest) -> dict[bytes, Any]:
    """Each span with its scope."""
    return {
        span.span_id: (span, of_scope.scope, of_scope.schema_url)
        for of_resource in request.resource_spans
        for of_scope in of_resource.scope_spans
        for span in of_scope.spans
    }


def test_the_one_private_part_of_the_library_that_the_exporter_uses_is_there() -> None:
    client = OTLPSpanExporter(endpoint="http://127.0.0.1:9/v1/traces", timeout=0.01)._client

    result = client.export(b"")

    assert (result.success, result.status_code, isinstance(result.error, Exception)) == (False, None, True)


def test_a_cached_key_has_the_value_of_each_span() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=ALWAYS_ON)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # equal to Python, not to the endpoint; and texts around each length at which a length takes another byte
    values: list[Any] = [1, True, 1.0, "1", 0, False, 0.0, "", *("x" * size for size in (63, 64, 65, *range(120, 132), 16_384))]
    for value in values * 2:
        provider.get_tracer("one").start_span("span", attributes={"http.method": value, "other": value}).end()
    spans = exporter.get_finished_spans()

    assert by_id(ExportTraceServiceRequest.FromString(encode_batch(spans))) == by_id(encode_spans(spans))
    assert len(spans) == 2 * len(values)
