"""The WSGI middleware that every request passes first: it decides the trace of the request.

Both instrumentations are called by it, or sit behind it, so they see tracing headers only after it has judged them.
"""

import re
from collections.abc import Iterable, Sequence
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


class RequestRecorder(Protocol):
    """Records requests for one backend. Never raises."""

    def begin(self, environ: WSGIEnvironment, trace: RequestTrace, header: trace_header.TraceHeader) -> None:
        """The request has come. `header` holds what is believed of the caller's."""

    def respond(self, status: str, headers: list[tuple[str, str]]) -> None:
        """The response has begun."""

    def end(self) -> None:
        """The response has been sent, or will not be."""


class TraceGate:
    """Gives each request one trace id, and drops what a stranger wants of the tracing."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        excluded_paths: re.Pattern[str],
        trust_incoming_trace: bool,
        recorders: Sequence[RequestRecorder],
    ) -> None:
        self._app = app
        self._excluded_paths = excluded_paths
        self._trust = trust_incoming_trace
        self._recorders = recorders

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        header = self._judge_headers(environ)
        trace = RequestTrace(header.root or trace_header.new_root(), excluded=self._excludes(environ))
        if TRACE_HEADER_KEY in environ:
            environ[TRACE_HEADER_KEY] = trace_header.render(trace.root, header.parent, header.sampled)
        recorders = () if trace.excluded else self._recorders

        def start_traced_response(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            for recorder in recorders:
                recorder.respond(status, headers)
            if not trace.excluded:
                headers = [*headers, (trace_header.TRACE_HEADER, trace_header.render(trace.root)), _EXPOSE_HEADERS]
            return start_response(status, headers, *args)

        def finish() -> None:
            for recorder in reversed(recorders):
                recorder.end()
            current_request_trace.set(None)

        current_request_trace.set(trace)
        for recorder in recorders:
            recorder.begin(environ, trace, header)
        try:
            body = self._app(environ, start_traced_response)
        except BaseException:
            finish()
            raise
        return ClosingIterator(body, [finish])

    def _judge_headers(self, environ: WSGIEnvironment) -> trace_header.TraceHeader:
        for key in FOREIGN_HEADER_KEYS:
            environ.pop(key, None)
        text = environ.get(TRACE_HEADER_KEY)
        if text is None:
            return trace_header.EMPTY
        header = trace_header.parse(text)
        return header if self._trust else trace_header.TraceHeader(root=header.root)

    def _excludes(self, environ: WSGIEnvironment) -> bool:
        # the path alone: host and query string are the caller's to choose
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return self._excluded_paths.search(path) is not None
