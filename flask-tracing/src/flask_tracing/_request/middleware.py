"""The tracing middleware (WSGI): it decides which trace a request belongs to, and records its span."""

import re
from collections.abc import Collection, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from opentelemetry.trace import INVALID_SPAN_ID, NonRecordingSpan, SpanContext, TraceFlags
from werkzeug.wsgi import ClosingIterator

from flask_tracing._guard import internal_faults
from flask_tracing._request import trace_header
from flask_tracing._request.response_body import ResponseBody
from flask_tracing._request.server_span import ServerSpan, ServerSpans
from flask_tracing._request.trace_header import TraceHeader
from flask_tracing._sampling.decision import EXCLUDED, UNDECIDED
from flask_tracing._sampling.xray_sampling import XRaySampling

TRACE_HEADER_KEY = "HTTP_X_AMZN_TRACE_ID"

#: Headers of other propagation formats, from which a library would continue another trace than the request's.
FOREIGN_HEADER_KEYS = ("HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_BAGGAGE")

#: Exposes the trace ID of a response to cross-origin scripts.
_EXPOSE_HEADERS = ("Access-Control-Expose-Headers", trace_header.TRACE_HEADER)


class ExcludedPaths:
    """Paths whose requests are not recorded: exact ones, and a pattern that is searched for in the path.

    Only the path is matched, because a caller can send any host and query string.
    """

    def __init__(self, exact: Collection[str], pattern: re.Pattern[str] | None) -> None:
        self._exact = frozenset(exact)
        self._pattern = pattern

    def __contains__(self, path: str) -> bool:
        return path in self._exact or (self._pattern is not None and self._pattern.search(path) is not None)


class TracingMiddleware:
    """Assigns each request a trace ID, and ignores tracing instructions from untrusted callers."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        spans: ServerSpans,
        xray: XRaySampling | None,
        excluded: ExcludedPaths,
        trust_incoming_trace: bool,
    ) -> None:
        self._app = app
        self._spans = spans
        self._xray = xray
        self._excluded = excluded
        self._trust = trust_incoming_trace

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        header = self._trusted_header(environ)
        if environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") in self._excluded:
            return self._serve_unrecorded(environ, start_response)
        root = header.root or trace_header.new_root()
        span: ServerSpan | None = None
        with internal_faults:
            span = self._spans.start(environ, self._parent(environ, header, root))
        if span is None:
            return self._app(environ, start_response)
        served = span

        def start_traced_response(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            with internal_faults:
                served.respond(status, headers)
            return start_response(status, [*headers, (trace_header.TRACE_HEADER, f"Root={root}"), _EXPOSE_HEADERS], *args)

        try:
            body = self._app(environ, start_traced_response)
        except BaseException as error:
            served.fail(error, answered=False)
            served.end()
            raise
        return ResponseBody(body, served)

    def _trusted_header(self, environ: WSGIEnvironment) -> TraceHeader:
        """Returns the fields of the caller's header that are trusted, and removes the others from the request."""
        for key in FOREIGN_HEADER_KEYS:
            environ.pop(key, None)
        text = environ.pop(TRACE_HEADER_KEY, None)
        if text is None:
            return trace_header.EMPTY
        header = trace_header.parse(text)
        if not self._trust and header != (header.root, None, None):
            header = TraceHeader(root=header.root)
        if header.root is not None:
            environ[TRACE_HEADER_KEY] = trace_header.render(header.root, header.parent, header.sampled)
        return header

    def _parent(self, environ: WSGIEnvironment, header: TraceHeader, root: str) -> SpanContext:
        """Returns the caller's span with X-Ray's decision; without a span ID if the request's span is a root."""
        return SpanContext(
            trace_header.root_to_int(root),
            INVALID_SPAN_ID if header.parent is None else int(header.parent, 16),
            is_remote=True,
            trace_state=UNDECIDED if self._xray is None else self._xray.decide_about_request(environ, header),
        )

    def _serve_unrecorded(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serves a request under a current span whose children are not recorded."""
        root = trace_header.new_root()
        context = SpanContext(
            trace_header.root_to_int(root), self._spans.new_span_id(), False, TraceFlags(), trace_state=EXCLUDED
        )
        leave = self._spans.enter(NonRecordingSpan(context))
        try:
            body = self._app(environ, start_response)
        except BaseException:
            leave()
            raise
        return ClosingIterator(body, [leave])
