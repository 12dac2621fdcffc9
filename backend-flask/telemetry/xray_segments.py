"""Records requests as X-Ray segments.

The SDK's Flask middleware does this too. It reads the tracing header and chooses the trace id by itself, shows an all-zero
id for requests that are not sampled, records a client address that the client may choose, and works as hard for a request
that is not sampled as for one that is. Here the gate has chosen, and a request that is not sampled costs a dummy segment.
"""

import ipaddress
import logging
from typing import Any
from wsgiref.types import WSGIEnvironment
from wsgiref.util import request_uri

from aws_xray_sdk.core import AWSXRayRecorder
from aws_xray_sdk.core.models import http
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.utils.stacktrace import get_stacktrace
from aws_xray_sdk.ext.util import calculate_segment_name
from flask import Flask, got_request_exception

from telemetry.request_trace import RequestTrace
from telemetry.trace_header import TraceHeader

log = logging.getLogger(__name__)

#: Longer texts of a caller are cut, so that no request makes a segment of more than the 64 KB that X-Ray takes.
MAX_TEXT = 1_000


class RequestSegments:
    """One segment for each request, on the recorder of the SDK. An error in here is logged and never reaches a response."""

    def __init__(self, app: Flask, recorder: AWSXRayRecorder) -> None:
        self._recorder = recorder
        got_request_exception.connect(self._record_exception, app)

    def begin(self, environ: WSGIEnvironment, trace: RequestTrace, header: TraceHeader) -> None:
        """Opens the segment, or a dummy when X-Ray does not sample the request."""
        try:
            self._begin(environ, trace, header)
        except Exception:
            log.exception("a request is not recorded in X-Ray")
            self._recorder.clear_trace_entities()

    def respond(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Notes the response."""
        try:
            segment = self._sampled_segment()
            if segment is None:
                return
            segment.put_http_meta(http.STATUS, int(status[:3]))
            length = next((value for name, value in headers if name.lower() == "content-length"), None)
            if length is not None:
                segment.put_http_meta(http.CONTENT_LENGTH, int(length))
        except Exception:
            log.exception("a response is not recorded in X-Ray")

    def end(self) -> None:
        """Closes the segment and sends it."""
        try:
            if self._sampled_segment() is not None:
                self._recorder.end_segment()
        except Exception:
            log.exception("a segment is not sent to X-Ray")
        finally:
            self._recorder.clear_trace_entities()

    def _begin(self, environ: WSGIEnvironment, trace: RequestTrace, header: TraceHeader) -> None:
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        name = calculate_segment_name(host, self._recorder)
        decision: str | bool
        if header.sampled is None:
            decision = self._recorder.sampler.should_trace(
                {"service": name, "host": host, "method": environ["REQUEST_METHOD"], "path": environ.get("PATH_INFO")}
            )
        else:
            decision = header.sampled
        trace.sampled_by_xray = bool(decision)
        segment = self._recorder.begin_segment(name, traceid=trace.root, parent_id=header.parent, sampling=decision or 0)
        if not decision:
            # a dummy has an all-zero id, and would hand that on to the services that the request calls
            segment.trace_id = trace.root
            return
        segment.put_http_meta(http.URL, request_uri(environ, include_query=False)[:MAX_TEXT])
        segment.put_http_meta(http.METHOD, environ["REQUEST_METHOD"])
        segment.put_http_meta(http.USER_AGENT, environ.get("HTTP_USER_AGENT", "")[:MAX_TEXT])
        self._put_client(segment, environ)

    def _put_client(self, segment: Segment, environ: WSGIEnvironment) -> None:
        # the last entry is the load balancer's own word; those before it are the client's
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if _is_address(forwarded):
            segment.put_http_meta(http.CLIENT_IP, forwarded)
            segment.put_http_meta(http.X_FORWARDED_FOR, True)
        else:
            segment.put_http_meta(http.CLIENT_IP, environ.get("REMOTE_ADDR"))

    def _record_exception(self, _app: Flask, exception: Exception, **_: Any) -> None:
        try:
            segment = self._sampled_segment()
            if segment is not None:
                segment.add_exception(exception, get_stacktrace(limit=self._recorder.max_trace_back))
        except Exception:
            log.exception("an exception is not recorded in X-Ray")

    def _sampled_segment(self) -> Segment | None:
        segment = self._recorder.current_segment()
        return segment if segment is not None and segment.sampled else None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
