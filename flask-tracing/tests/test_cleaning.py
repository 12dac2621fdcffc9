"""What leaves the process of a span's texts: one policy for both backends."""

import time
from typing import Any

import pytest
from conftest import Stack
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, TracerProvider
from opentelemetry.trace import Status, StatusCode

from flask_tracing._spans.attributes import attributes_of
from flask_tracing._spans.cleaning import SpanCleaner
from support.service import running
from support.waiting import eventually
from support.xray import daemon_double


def cleaned(
    attributes: dict[str, Any] | None = None, *, events: tuple[Event, ...] = (), record_query: bool = False, **fields: Any
) -> ReadableSpan:
    span = ReadableSpan(fields.pop("name", "work"), attributes=attributes or {}, events=events, **fields)
    return SpanCleaner(100, record_query=record_query).clean(span)


def test_a_clean_span_is_not_copied() -> None:
    span = ReadableSpan("work", attributes={"a": "b", "http.url": "http://x/y", "n": 1, "list": ("a", "b")})

    assert SpanCleaner(100, record_query=False).clean(span) is span


@pytest.mark.parametrize(
    ("key", "value", "clean"),
    [
        ("http.url", "https://x/y?token=secret#z", "https://x/y"),
        ("url.full", "https://user:secret@x/y?token=secret", "https://x/y"),
        ("http.target", "/y?token=secret", "/y"),
        ("db.connection_string", "postgresql://user:secret@db/shop", "postgresql://db/shop"),
        ("url.query", "token=secret", None),
        ("db.statement", "select 'it''s secret', 42, t1.x2 from t1 where y = ?", "select ?, ?, t1.x2 from t1 where y = ?"),
        ("db.query.text", "insert into t values (1.5, $1, :name, 'x')", "insert into t values (?, $1, :name, ?)"),
        ("db.statement.parameters", "('secret',)", None),
        ("db.query.parameter.name", "secret", None),
        ("long", "x" * 101, "x" * 99 + "…"),
        ("list", ("x" * 101, 1 << 70), ("x" * 99 + "…", str(1 << 70))),
        ("half a pair", "a\ud800b", "a?b"),
        ("big", 1 << 63, str(1 << 63)),
        ("small", -(1 << 63), -(1 << 63)),
    ],
)
def test_an_attribute_is_cleaned(key: str, value: Any, clean: Any) -> None:
    assert dict(cleaned({"before": 1, key: value}).attributes or {}) == {"before": 1} | ({} if clean is None else {key: clean})


def test_query_strings_are_recorded_when_asked_for_and_credentials_never() -> None:
    attributes = {"http.url": "https://user:secret@x/y?page=2", "url.query": "page=2"}

    assert dict(cleaned(attributes, record_query=True).attributes or {}) == {
        "http.url": "https://x/y?page=2",
        "url.query": "page=2",
    }


def test_a_query_string_in_the_message_of_an_exception_is_not_recorded() -> None:
    message = "Max retries exceeded with url: /y?token=secret (Caused by ...), https://x/y?token=secret"
    event = Event("exception", {"exception.message": message, "exception.stacktrace": f"Error: {message}"})

    span = cleaned(events=(event,), status=Status(StatusCode.ERROR, message))

    assert "secret" not in f"{span.status.description} {span.events[0].attributes}"
    assert "with url: /y (Caused by" in str(span.status.description)


def test_both_ends_of_a_long_stack_trace_are_kept() -> None:
    event = Event("exception", {"exception.stacktrace": "first " + "x" * 1_000 + " last"})

    [event] = cleaned(events=(event,)).events

    text = str((event.attributes or {})["exception.stacktrace"])
    assert (text[:5], text[-4:], len(text) <= 100, "…" in text) == ("first", "last", True, True)


@pytest.mark.parametrize("text", ["m" * 100_000, "://" * 30_000, "'" * 99_999, "a@" * 50_000, "1" * 100_000 + "a"])
def test_no_text_takes_long_to_clean(text: str) -> None:
    started = time.process_time()

    cleaned({"http.url": text, "db.statement": text}, status=Status(StatusCode.ERROR, text), name=text)

    # milliseconds; a pattern that backtracks takes minutes
    assert time.process_time() - started < 5


def test_a_query_string_is_in_neither_backend(stack: Stack) -> None:
    root = stack.backend.get("/call?url=http://127.0.0.1:1/?token=secret").root

    assert eventually(lambda: stack.xray.segments_of(root), "the segment")
    eventually(lambda: len(stack.honeycomb.spans_of(root)) == 2, "both spans")
    assert "secret" not in str(stack.xray.documents_of(root))
    assert "secret" not in str(stack.honeycomb.spans_of(root))


def test_a_query_string_is_recorded_when_asked_for() -> None:
    with daemon_double() as xray:
        with running(AWS_XRAY_DAEMON_ADDRESS=xray.address, RECORD_QUERY_STRINGS="true") as service:
            eventually(lambda: service.get("/home?page=2") and xray.segments, "a segment")

    assert xray.segments[0]["http"]["request"]["url"] == "http://api.example.com/home?page=2"


@pytest.mark.parametrize("attributes", [{}, {"a": 1, "b": "text", "list": ("x", "y")}, None])
def test_the_copy_of_a_spans_attributes_is_what_the_library_shows_of_them(attributes: dict[str, Any] | None) -> None:
    sdk = TracerProvider().get_tracer("test").start_span("work", attributes=attributes)
    assert isinstance(sdk, Span)
    for span in (sdk, ReadableSpan("work", attributes=attributes)):
        copied = attributes_of(span)
        assert copied == dict(span.attributes or {}) == (attributes or {})

        copied["more"] = 1
        assert "more" not in (span.attributes or {})
