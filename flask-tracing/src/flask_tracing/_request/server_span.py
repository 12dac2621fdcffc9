"""The span of a request, from the first byte of the request to the last of the response.

It replaces OpenTelemetry's Flask instrumentation, which collects the attributes of a request twice, searches all headers for
some to record, keeps metrics that are never exported, names the span of an unknown path after the path, which a caller can
choose, and records a broken stream as a success.
"""

from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, got_request_exception, has_request_context, request
from opentelemetry import context
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from flask_tracing._guard import internal_faults
from flask_tracing._request.attributes import Attributes, RequestAttributes, known_method
from flask_tracing._spans.trace_ids import RequestIdGenerator

CLIENT_DISCONNECTED = "client_disconnected"

_current: ContextVar["ServerSpan | None"] = ContextVar("server_span", default=None)


class ServerSpans:
    """Starts the span of each request."""

    def __init__(self, tracer: Tracer, ids: RequestIdGenerator, attributes: RequestAttributes) -> None:
        self._tracer = tracer
        self._ids = ids
        self._attributes = attributes
        self.new_span_id = ids.generate_span_id

    def watch(self, app: Flask) -> None:
        """Records exceptions that the application's error handlers handle."""
        got_request_exception.connect(_record_exception, app)

    def start(self, environ: WSGIEnvironment, parent: SpanContext) -> "ServerSpan":
        """Starts the span of a request, and makes it the current span."""
        method = known_method(environ["REQUEST_METHOD"])
        above = set_span_in_context(NonRecordingSpan(parent), Context())
        if not parent.is_valid:
            self._ids.expect(parent.trace_id)
        span = self._tracer.start_span(method, context=above, kind=SpanKind.SERVER)
        if span.is_recording():
            span.set_attributes(self._attributes.of_request(environ))
        return ServerSpan(span, method, self._attributes, context.attach(set_span_in_context(span, above)))

    @staticmethod
    def enter(span: Span) -> Callable[[], None]:
        """Makes a span the current one; what is returned undoes that."""
        token = context.attach(set_span_in_context(span, Context()))
        return lambda: context.detach(token)


class ServerSpan:
    """The span of a request. Its methods never raise, so that they do not hide an exception of the application."""

    __slots__ = ("_attributes", "_error", "_length", "_method", "_recorded", "_span", "_token")

    def __init__(self, span: Span, method: str, attributes: RequestAttributes, token: Token[Context]) -> None:
        self._span = span
        self._method = method
        self._attributes = attributes
        self._token = token
        self._recorded: BaseException | None = None
        self._error: str | None = None
        self._length: int | None = None
        _current.set(self)

    def respond(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Records the status of the response, when it begins."""
        if not self._span.is_recording():
            return
        code = int(status[:3])
        self._length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
        self._span.set_attributes(self._attributes_of_route() | self._attributes.of_response(code, self._length))
        if code >= 500 and self._error is None:
            self._span.set_status(Status(StatusCode.ERROR))

    def fail(self, error: BaseException, *, answered: bool) -> None:
        """Records an exception. If the response has not begun, the server answers with 500."""
        with internal_faults:
            if not self._span.is_recording():
                return
            found = self._attributes_of_route()
            if not answered:
                found |= self._attributes.of_response(500)
            self._span.set_attributes(found)
            if error is not self._recorded:
                self._recorded = error
                self._span.record_exception(error)
                self._error = f"{type(error).__name__}: {error}"

    def stopped_after(self, length: int) -> None:
        """Records that the server stopped reading the body, because the client has disconnected."""
        with internal_faults:
            if self._error is None and length != self._length:
                self._span.set_attribute("error.type", CLIENT_DISCONNECTED)
                self._error = "the client closed the connection before it had the whole response"

    def end(self) -> None:
        """Ends the span."""
        with internal_faults:
            _current.set(None)
            context.detach(self._token)
            if self._error is not None:
                self._span.set_status(Status(StatusCode.ERROR, self._error))
            self._span.end()

    def _attributes_of_route(self) -> Attributes:
        """Returns the route, if one matched, and names the span after it."""
        rule = request.url_rule if has_request_context() else None
        if rule is None:
            return {}
        self._span.update_name(f"{self._method} {rule.rule}")
        return {"http.route": rule.rule}


def _record_exception(_app: Flask, exception: BaseException, **_: Any) -> None:
    span = _current.get()
    if span is not None:
        span.fail(exception, answered=True)
