"""The double of Honeycomb: an OTLP/HTTP endpoint that decodes with the official protobuf classes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from tests.support.servers import serving

HANG = -1


@dataclass(frozen=True)
class ReceivedSpan:
    """A span as Honeycomb would get it."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: int
    ended: int
    status: int
    attributes: dict[str, Any]
    events: list[dict[str, Any]]
    resource: dict[str, Any]


class HoneycombDouble:
    """Keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.spans: list[ReceivedSpan] = []
        self.url = ""

    def spans_of(self, root: str) -> list[ReceivedSpan]:
        """The spans of a trace, whose id is given in X-Ray's form."""
        return [span for span in list(self.spans) if span.trace_id == root[2:].replace("-", "")]

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Takes one batch; the status to answer."""
        self.requests.append((path, headers))
        if self.status == 200:
            request = ExportTraceServiceRequest.FromString(body)
            self.spans.extend(_spans(request))
        return self.status


def _spans(request: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    for of_resource in request.resource_spans:
        resource = _attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield ReceivedSpan(
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    kind=span.kind,
                    ended=span.end_time_unix_nano,
                    status=span.status.code,
                    attributes=_attributes(span.attributes),
                    events=[{"name": event.name, **_attributes(event.attributes)} for event in span.events],
                    resource=resource,
                )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair) for pair in pairs}


def _value(pair: KeyValue) -> Any:
    kind = pair.value.WhichOneof("value")
    return getattr(pair.value, kind) if kind else None


@contextmanager
def honeycomb_double(status: int = 200) -> Iterator[HoneycombDouble]:
    """Runs the double on a free port."""
    double = HoneycombDouble()
    double.status = status

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = double.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            while answer == HANG:
                time.sleep(0.05)
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as double.url:
        yield double
