"""The span of a request."""

import contextvars
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Stack
from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler, SamplingResult
from opentelemetry.trace import INVALID_SPAN, SpanKind, get_current_span

from flask_tracing._request.attributes import RequestAttributes
from flask_tracing._request.middleware import ExcludedPaths, TracingMiddleware
from flask_tracing._request.server_span import ServerSpans
from flask_tracing._settings.reader import load_settings
from flask_tracing._spans.trace_ids import RequestIdGenerator
from support.echo import echo_service
from support.honeycomb import honeycomb_double
from support.service import running
from support.waiting import eventually_several

SERVER, CLIENT = 2, 3
LENGTH = "http.response_content_length"


def instrument_with_the_library(app: Flask, provider: TracerProvider) -> None:
    FlaskInstrumentor.instrument_app(app, tracer_provider=provider)


def instrument_with_ours(app: Flask, provider: TracerProvider) -> None:
    assert isinstance(provider.id_generator, RequestIdGenerator)
    settings = load_settings("test", {"RECORD_QUERY_STRINGS": "true"}).spans
    spans = ServerSpans(provider.get_tracer("test"), provider.id_generator, RequestAttributes(settings))
    spans.watch(app)
    app.wsgi_app = TracingMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, spans=spans, xray=None, excluded=ExcludedPaths([], None), trust_incoming_trace=False
    )


def application() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/items/<int:number>", view_func=item)
    app.add_url_rule("/boom", view_func=boom)
    return app


def item(number: int) -> str:
    return str(number)


def boom() -> str:
    raise RuntimeError("the secret reason")


def exported() -> tuple[InMemorySpanExporter, TracerProvider]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(id_generator=RequestIdGenerator())
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter, provider


def span_of(instrument: Callable[[Flask, TracerProvider], None], method: str, path: str) -> ReadableSpan:
    exporter, provider = exported()
    app = application()
    instrument(app, provider)
    with app.test_client() as client:
        client.open(path, method=method, headers={"User-Agent": "curl/8", "Host": "api.example.com:8443"}).close()
    [span] = exporter.get_finished_spans()
    return span


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/items/7?page=2"), ("POST", "/items/7"), ("GET", "/nowhere"), ("BREW", "/"), ("GET", "/boom")]
)
def test_it_has_the_attributes_that_opentelemetrys_flask_instrumentation_gives_it(method: str, path: str) -> None:
    theirs = span_of(instrument_with_the_library, method, path)
    ours = span_of(instrument_with_ours, method, path)

    assert ours.attributes is not None
    # the length of the body is in the segment too
    assert {name: ours.attributes[name] for name in ours.attributes if name != LENGTH} == theirs.attributes
    assert len(ours.attributes) > 10
    assert (ours.kind, ours.status.status_code, ours.status.description) == (
        SpanKind.SERVER,
        theirs.status.status_code,
        theirs.status.description,
    )
    assert [kind_of(event) for event in ours.events] == [kind_of(event) for event in theirs.events]


def kind_of(event: Any) -> tuple[str, str, str]:
    return (event.name, event.attributes["exception.type"], event.attributes["exception.message"])


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/items/7", "GET /items/<int:number>"),
        ("GET", "/boom", "GET /boom"),
        # a path that is no route, and a method that is none, are for anyone to choose
        ("GET", "/nowhere", "GET"),
        ("DELETE", "/items/7", "DELETE"),
        ("BREW", "/items/7", "HTTP"),
    ],
)
def test_it_is_named_after_its_route_and_not_after_what_a_caller_can_choose(method: str, path: str, name: str) -> None:
    assert span_of(instrument_with_ours, method, path).name == name


def test_a_before_request_function_that_answers_does_not_cost_the_name() -> None:
    exporter, provider = exported()
    app = application()
    app.before_request(lambda: ("not today", 503))
    instrument_with_ours(app, provider)

    app.test_client().get("/items/7").close()

    [span] = exporter.get_finished_spans()
    assert span.name == "GET /items/<int:number>"


def test_an_exception_that_flask_lets_through_does_not_cost_the_name() -> None:
    exporter, provider = exported()
    app = application()
    app.testing = True
    instrument_with_ours(app, provider)

    with pytest.raises(RuntimeError):
        app.test_client().get("/boom")

    [span] = exporter.get_finished_spans()
    assert (span.name, span.status.description) == ("GET /boom", "RuntimeError: the secret reason")


def test_it_lasts_as_long_as_the_body_and_what_streams_is_inside_it(stack: Stack) -> None:
    answer = stack.backend.get("/stream")

    spans = eventually_several(lambda: stack.honeycomb.spans_of(answer.root), 3, "spans")
    [server] = [span for span in spans if span.kind == SERVER]
    assert [span.parent_id for span in spans if span is not server] == [server.span_id] * 2
    assert all(span.ended <= server.ended for span in spans)


def test_the_stable_names_of_attributes_are_used_for_all_spans_when_asked_for() -> None:
    with honeycomb_double() as honeycomb, echo_service() as service:
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            OTEL_SEMCONV_STABILITY_OPT_IN="http",
            AWS_XRAY_SDK_ENABLED="false",
        ) as backend:
            root = backend.get(f"/call?url={service}").root
            spans = eventually_several(lambda: honeycomb.spans_of(root), 2, "spans")

    assert {span.kind: span.attributes["http.request.method"] for span in spans} == {SERVER: "GET", CLIENT: "GET"}
    assert not [name for span in spans for name in span.attributes if name == "http.method"]


def test_a_request_whose_body_is_never_closed_is_no_parent_of_the_next_one() -> None:
    exporter, provider = exported()
    app = application()
    instrument_with_ours(app, provider)

    def serve() -> None:
        app.test_client().get("/items/1")
        app.test_client().get("/items/2").close()

    # what is left behind is left in a copy
    contextvars.copy_context().run(serve)

    [span] = exporter.get_finished_spans()
    assert span.parent is None


def test_it_is_not_the_current_span_any_more_once_the_request_is_over() -> None:
    _, provider = exported()
    app = application()
    instrument_with_ours(app, provider)

    app.test_client().get("/items/1").close()

    assert get_current_span() is INVALID_SPAN


class BrokenSampler(Sampler):
    """Fails at each span, as a custom sampler may."""

    def should_sample(self, *_args: Any, **_kwargs: Any) -> SamplingResult:
        raise RuntimeError("no decision")

    def get_description(self) -> str:
        return "BrokenSampler"


def test_an_error_of_opentelemetry_reaches_no_response(caplog: pytest.LogCaptureFixture) -> None:
    app = application()
    instrument_with_ours(app, TracerProvider(sampler=BrokenSampler(), id_generator=RequestIdGenerator()))

    answer = app.test_client().get("/items/7")

    assert (answer.status_code, answer.text) == (200, "7")
    assert "a fault of the tracing; the application is not affected" in caplog.text
