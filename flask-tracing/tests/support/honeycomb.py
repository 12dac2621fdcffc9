"""Doubles of OTLP/HTTP endpoints: Honeycomb's, over TLS, and another one, over HTTP. They decode with the official classes."""

import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from support.servers import serving

HANG = -1


@dataclass(frozen=True)
class ReceivedSpan:
    """A span as an endpoint gets it."""

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


class OtlpDouble:
    """Keeps what it is sent, and answers as it is told."""

    def __init__(self, status: int) -> None:
        self.status = status
        #: Of each batch that is accepted, how many spans are rejected.
        self.rejected = 0
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.spans: list[ReceivedSpan] = []
        #: The hosts that clients asked to be connected with.
        self.connected: list[str] = []
        #: What leads the exporter here.
        self.environment: dict[str, str] = {}

    def spans_of(self, root: str) -> list[ReceivedSpan]:
        """The spans of a trace, whose id is given in X-Ray's form."""
        return [span for span in list(self.spans) if span.trace_id == root[2:].replace("-", "")]

    def accept(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Accepts one batch; the status and the body to answer."""
        self.requests.append((path, headers))
        if self.status != 200:
            return self.status, b""
        self.spans.extend(_spans(ExportTraceServiceRequest.FromString(body)))
        answer = ExportTraceServiceResponse()
        if self.rejected:
            answer.partial_success.rejected_spans = self.rejected
            answer.partial_success.error_message = "too old"
        return 200, answer.SerializeToString()


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


def _handler_of(double: OtlpDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            """Connects the client with the double, which then speaks TLS as the host that was asked for."""
            double.connected.append(self.path)
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.connection = _honeycomb_certificate().wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", 0)
            self.close_connection = False

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = double.accept(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            while status == double.status == HANG:
                time.sleep(0.05)
            self.send_response(200 if status == HANG else status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, _request: object, _client_address: object) -> None:
        """A client that does not trust the certificate, or is killed, breaks the connection."""


@cache
def _authority() -> tuple[trustme.CA, str]:
    """A certificate authority made for this run, and the path of its certificate."""
    authority = trustme.CA()
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(authority.cert_pem.bytes())
    return authority, file.name


@cache
def _honeycomb_certificate() -> ssl.SSLContext:
    authority, _ = _authority()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.honeycomb.io", "api.eu1.honeycomb.io").configure_cert(tls)
    return tls


@contextmanager
def honeycomb_double(status: int = 200) -> Iterator[OtlpDouble]:
    """Honeycomb, behind a proxy that connects its hosts with the double; the endpoint is the default."""
    double = OtlpDouble(status)
    with serving(_Server(("127.0.0.1", 0), _handler_of(double))) as url:
        double.environment = {"HTTPS_PROXY": url, "OTEL_EXPORTER_OTLP_CERTIFICATE": _authority()[1]}
        yield double


@contextmanager
def otlp_double(status: int = 200) -> Iterator[OtlpDouble]:
    """An endpoint that is not Honeycomb's: a collector, Jaeger, Tempo."""
    double = OtlpDouble(status)
    with serving(_Server(("127.0.0.1", 0), _handler_of(double))) as url:
        double.environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": url}
        yield double
