"""The double of the metadata endpoint that ECS gives a container."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_ACCOUNT = "arn:aws:ecs:us-east-1:123456789012"
TASK_ARN = f"{_ACCOUNT}:task/cluster/0123456789abcdef0123456789abcdef"

_CONTAINER = {"ContainerARN": f"{_ACCOUNT}:container/cluster/0123/4567", "LogDriver": "json-file"}
_TASK = {"TaskARN": TASK_ARN, "Cluster": "cluster", "LaunchType": "FARGATE", "Family": "backend", "Revision": "7"}


class _Metadata(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = json.dumps(_TASK if self.path.endswith("/task") else _CONTAINER).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def ecs_metadata() -> Iterator[str]:
    """Runs the endpoint; what `ECS_CONTAINER_METADATA_URI_V4` would hold."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Metadata)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v4/0123"
    finally:
        server.shutdown()
        server.server_close()
