"""Records requests as OpenTelemetry server spans.

OpenTelemetry's Flask instrumentation does this too. It collects the attributes of a request twice, searches all headers for
some to record, keeps metrics that go nowhere, and names the span of an unknown path after that path, which anyone may choose.
Here the gate has read the header, and the functions of the library's WSGI instrumentation give the attributes, once.
"""

import logging
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, got_request_exception, has_request_context, request
from opentelemetry import context
from opentelemetry.context import Context
from opentelemetry.instrumentation._semconv import (
    _get_schema_url,
    _get_semconv_opt_in_modes,
    _OpenTelemetryStabilitySignalType,
)
from opentelemetry.instrumentation.wsgi import add_response_attributes, collect_request_attributes
from opentelemetry.semconv.attributes.http_attributes import HTTP_ROUTE
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TracerProvider,
    set_span_in_context,
)
from opentelemetry.util.http import sanitize_method

from telemetry.request_trace import RequestTrace
from telemetry.trace_header import TraceHeader, root_to_int

log = logging.getLogger(__name__)

_HTTP = _OpenTelemetryStabilitySignalType.HTTP


@dataclass(slots=True)
class _OpenSpan:
    span: Span
    #: The method, or HTTP for one that is not known: the span's name until its route is.
    method: str
    token: Token[Context]
    #: What the request failed of.
    error: str | None = None


_open_span: ContextVar[_OpenSpan | None] = ContextVar("open_span", default=None)


class RequestSpans:
    """One server span for each request. An error in here is logged and never reaches a response."""

    def __init__(self, app: Flask, provider: TracerProvider) -> None:
        # the names of the attributes: `OTEL_SEMCONV_STABILITY_OPT_IN`, as for the spans of outgoing requests
        self._conventions = _get_semconv_opt_in_modes((_HTTP,))[_HTTP]
        self._tracer = provider.get_tracer(__name__, schema_url=_get_schema_url(self._conventions))
        got_request_exception.connect(self._record_exception, app)

    def begin(self, environ: WSGIEnvironment, _trace: RequestTrace, header: TraceHeader) -> None:
        """Starts the span and makes it the current one. Its trace id is that of the request: see `RequestIdGenerator`."""
        try:
            method = _known(environ["REQUEST_METHOD"])
            parent = _parent(header)
            span = self._tracer.start_span(method, context=parent, kind=SpanKind.SERVER)
            _open_span.set(_OpenSpan(span, method, context.attach(set_span_in_context(span, parent))))
            if span.is_recording():
                span.set_attributes(collect_request_attributes(environ, self._conventions))
        except Exception:
            log.exception("a request is not recorded in OpenTelemetry")

    def respond(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Notes the response."""
        try:
            open_span = _open_span.get()
            if open_span is not None:
                _name_after_route(open_span)
                add_response_attributes(open_span.span, status, headers, sem_conv_opt_in_mode=self._conventions)
        except Exception:
            log.exception("a response is not recorded in OpenTelemetry")

    def end(self) -> None:
        """Ends the span and hands it to the exporters."""
        try:
            open_span = _open_span.get()
            if open_span is None:
                return
            _open_span.set(None)
            context.detach(open_span.token)
            if open_span.error is not None:
                open_span.span.set_status(Status(StatusCode.ERROR, open_span.error))
            open_span.span.end()
        except Exception:
            log.exception("a span is not sent to OpenTelemetry")

    def _record_exception(self, _app: Flask, exception: Exception, **_: Any) -> None:
        try:
            open_span = _open_span.get()
            if open_span is not None:
                # an exception that Flask lets through has no response
                _name_after_route(open_span)
                open_span.span.record_exception(exception)
                open_span.error = f"{type(exception).__name__}: {exception}"
        except Exception:
            log.exception("an exception is not recorded in OpenTelemetry")


def _name_after_route(open_span: _OpenSpan) -> None:
    if has_request_context() and request.url_rule is not None:
        open_span.span.update_name(f"{open_span.method} {request.url_rule.rule}")
        open_span.span.set_attribute(HTTP_ROUTE, request.url_rule.rule)


def _parent(header: TraceHeader) -> Context:
    if header.root is None or header.parent is None:
        return Context()
    parent = SpanContext(root_to_int(header.root), int(header.parent, 16), is_remote=True)
    return set_span_in_context(NonRecordingSpan(parent), Context())


def _known(method: str) -> str:
    known = sanitize_method(method)
    return "HTTP" if known == "_OTHER" else known
