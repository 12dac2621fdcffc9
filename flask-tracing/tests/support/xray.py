"""Doubles around the X-Ray SDK: a daemon (UDP and TCP on one port), and X-Ray's API behind a real daemon."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.servers import serving

EVERYTHING = {"FixedRate": 1.0, "ReservoirSize": 0}
NOTHING = {"FixedRate": 0.0, "ReservoirSize": 0}


def sampling_rule(name: str = "Cruddur", /, **changes: Any) -> dict[str, Any]:
    """A rule as X-Ray's API gives it."""
    return {
        "RuleName": name,
        "Priority": 9000,
        "FixedRate": 1.0,
        "ReservoirSize": 0,
        "ServiceName": "*",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
        "ResourceARN": "*",
        "Attributes": {},
        "Version": 1,
    } | changes


class XRayDouble:
    """Serves sampling rules and keeps documents, whether they come by datagram or through the API."""

    def __init__(self, rules: list[dict[str, Any]]) -> None:
        self.rules = rules
        self.rules_served = 0
        self.documents: list[dict[str, Any]] = []
        self.address = ""

    def documents_of(self, root: str) -> list[dict[str, Any]]:
        """The segments and subsegments of a trace."""
        return [document for document in list(self.documents) if document["trace_id"] == root]

    def segments_of(self, root: str) -> list[dict[str, Any]]:
        """The segments of a trace."""
        return [document for document in self.documents_of(root) if "type" not in document]

    @property
    def segments(self) -> list[dict[str, Any]]:
        """All segments."""
        return [document for document in list(self.documents) if "type" not in document]

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        """One call of the API."""
        if path == "/GetSamplingRules":
            self.rules_served += 1
            return {"SamplingRuleRecords": [{"SamplingRule": rule, "CreatedAt": 0, "ModifiedAt": 0} for rule in self.rules]}
        if path == "/SamplingTargets":
            return {"SamplingTargetDocuments": [], "LastRuleModification": 0, "UnprocessedStatistics": []}
        if path == "/TraceSegments":
            documents = [json.loads(document) for document in json.loads(body)["TraceSegmentDocuments"]]
            # the daemon sends a batch again whose response comes late, and X-Ray keeps each document once
            self.documents.extend(document for document in documents if document not in self.documents)
            return {"UnprocessedTraceSegments": []}
        return {}


@contextmanager
def daemon_double(rule: dict[str, Any] | None = None, port: int | None = None) -> Iterator[XRayDouble]:
    """A daemon without a cloud behind it."""
    double = XRayDouble([sampling_rule(**(EVERYTHING if rule is None else rule))])
    server, datagrams = _bind_both(double, port)
    double.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=_receive, args=(datagrams, double), daemon=True).start()
    with datagrams, serving(server):
        yield double


@contextmanager
def xray_api(rule: dict[str, Any] | None = None) -> Iterator[XRayDouble]:
    """X-Ray's API, for a real daemon; `address` is its URL."""
    double = XRayDouble([sampling_rule(**(EVERYTHING if rule is None else rule))])
    with serving(_http_server(double, 0)) as double.address:
        yield double


def _bind_both(double: XRayDouble, port: int | None) -> tuple[ThreadingHTTPServer, socket.socket]:
    while True:
        server = _http_server(double, port or 0)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(("127.0.0.1", server.server_address[1]))
            return server, datagrams
        except OSError:
            server.server_close()
            datagrams.close()
            if port:
                raise


def _http_server(double: XRayDouble, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            answer = json.dumps(double.answer(self.path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _receive(datagrams: socket.socket, double: XRayDouble) -> None:
    with suppress(OSError):
        while True:
            head, _, document = datagrams.recv(65_535).partition(b"\n")
            assert json.loads(head) == {"format": "json", "version": 1}
            double.documents.append(json.loads(document))
