"""Both backends: they count what arrives, and do as little else as they can."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

#: A burst of documents waits here, and is not lost while this process has no CPU.
_RECEIVE_BUFFER = 4 * 2**20


class Backends:
    """An OTLP endpoint, and a daemon whose one sampling rule is the stack's, with another rate."""

    def __init__(self, fixed_rate: float) -> None:
        self.otlp_endpoint = ""
        self.daemon_address = ""
        self.rules_fetched = threading.Event()
        self._batches: list[bytes] = []
        self._datagrams: list[bytes] = []
        rule = {
            "RuleName": "Cruddur",
            "Priority": 100,
            "FixedRate": fixed_rate,
            "ReservoirSize": 5,
            "ServiceName": "backend-flask",
            "ServiceType": "*",
            "Host": "*",
            "HTTPMethod": "*",
            "URLPath": "*",
            "ResourceARN": "*",
            "Version": 1,
        }
        self._rules = json.dumps({"SamplingRuleRecords": [{"SamplingRule": rule}]}).encode()

    def post(self, path: str, body: bytes) -> bytes:
        """Answers a request."""
        if path == "/GetSamplingRules":
            self.rules_fetched.set()
            return self._rules
        if path == "/SamplingTargets":
            return b'{"SamplingTargetDocuments": [], "LastRuleModification": 0}'
        self._batches.append(body)
        return b""

    def receive(self, daemon: socket.socket) -> None:
        """Keeps each document that comes."""
        while True:
            try:
                self._datagrams.append(daemon.recv(65_535))
            except OSError:
                return

    def spans(self) -> int:
        """How many spans have arrived."""
        return sum(
            len(of_scope.spans)
            for batch in self._batches
            for of_resource in ExportTraceServiceRequest.FromString(batch).resource_spans
            for of_scope in of_resource.scope_spans
        )

    def documents_by_trace(self) -> Counter[str]:
        """How many documents of each trace have arrived, once no more come."""
        known = -1
        while known != len(self._datagrams):
            known = len(self._datagrams)
            time.sleep(0.05)
        return Counter(json.loads(datagram.partition(b"\n")[2])["trace_id"] for datagram in self._datagrams)


@contextmanager
def backends(fixed_rate: float) -> Iterator[Backends]:
    """Two servers on loopback."""
    counting = Backends(fixed_rate)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer = counting.post(self.path, self.rfile.read(int(self.headers["Content-Length"] or 0)))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        server.daemon_threads = True
        port = server.server_address[1]
        daemon.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        # a port of its own: the number that is free for TCP may be taken for UDP
        daemon.bind(("127.0.0.1", 0))
        counting.otlp_endpoint = f"http://127.0.0.1:{port}"
        counting.daemon_address = f"tcp:127.0.0.1:{port} udp:127.0.0.1:{daemon.getsockname()[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Thread(target=counting.receive, args=(daemon,), daemon=True).start()
        yield counting
        server.shutdown()
