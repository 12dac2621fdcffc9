"""The WSGI middleware that every request passes first: it decides the trace of the request.

Both instrumentations sit behind it, so they see tracing headers only after it has judged them.
"""

import re
from collections.abc import Iterable
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator

from telemetry import trace_header
from telemetry.request_trace import RequestTrace, current_request_trace

TRACE_HEADER_KEY = "HTTP_X_AMZN_TRACE_ID"

#: Headers of other propagation formats. OpenTelemetry would take a trace id from them, X-Ray would not.
FOREIGN_HEADER_KEYS = ("HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_BAGGAGE")

#: Lets a page of another origin read the trace id of a response.
_EXPOSE_HEADERS = ("Access-Control-Expose-Headers", trace_header.TRACE_HEADER)


class SegmentRecorder(Protocol):
    """Records a request as an X-Ray segment. Never raises."""

    def begin(self, environ: WSGIEnvironment, trace: RequestTrace, header: trace_header.TraceHeader) -> None:
        """Opens the segment, or a dummy when X-Ray does not sample the request."""

    def respond(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Notes the response."""

    def end(self) -> None:
        """Closes the segment and sends it."""


class TraceGate:
    """Gives each request one trace id, and drops what a stranger wants of the tracing."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        excluded_paths: re.Pattern[str],
        trust_incoming_trace: bool,
        segments: SegmentRecorder | None,
    ) -> None:
        self._app = app
        self._excluded_paths = excluded_paths
        self._trust = trust_incoming_trace
        self._segments = segments

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        header = self._judge_headers(environ)
        trace = RequestTrace(header.root or trace_header.new_root())
        if TRACE_HEADER_KEY in environ:
            environ[TRACE_HEADER_KEY] = trace_header.render(trace.root, header.parent, header.sampled)

        # the path alone: host and query string are the caller's to choose
        if self._excluded_paths.search(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")):
            trace.excluded = True
            return self._serve(environ, start_response, trace, None)
        if self._segments is not None:
            self._segments.begin(environ, trace, header)
        return self._serve(environ, start_response, trace, self._segments)

    def _judge_headers(self, environ: WSGIEnvironment) -> trace_header.TraceHeader:
        for key in FOREIGN_HEADER_KEYS:
            environ.pop(key, None)
        text = environ.get(TRACE_HEADER_KEY)
        if text is None:
            return trace_header.EMPTY
        header = trace_header.parse(text)
        return header if self._trust else trace_header.TraceHeader(root=header.root)

    def _serve(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        trace: RequestTrace,
        segments: SegmentRecorder | None,
    ) -> Iterable[bytes]:
        def start_traced_response(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            if segments is not None:
                segments.respond(status, headers)
            if not trace.excluded:
                headers = [*headers, (trace_header.TRACE_HEADER, trace_header.render(trace.root)), _EXPOSE_HEADERS]
            return start_response(status, headers, *args)

        def finish() -> None:
            if segments is not None:
                segments.end()
            current_request_trace.set(None)

        current_request_trace.set(trace)
        try:
            body = self._app(environ, start_traced_response)
        except BaseException:
            finish()
            raise
        return ClosingIterator(body, [finish])
