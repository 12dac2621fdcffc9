"""The double of the metadata endpoint that ECS gives a container."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from support.servers import JsonHandler, serving

_ACCOUNT = "arn:aws:ecs:us-east-1:123456789012"
TASK_ARN = f"{_ACCOUNT}:task/cluster/0123456789abcdef0123456789abcdef"

LOG_GROUP = "/ecs/cluster/service"

_LOGS = {"awslogs-group": LOG_GROUP, "awslogs-region": "us-east-1", "awslogs-stream": "app/0123"}
_CONTAINER = {"ContainerARN": f"{_ACCOUNT}:container/cluster/0123/4567", "LogDriver": "awslogs", "LogOptions": _LOGS}
_TASK = {"TaskARN": TASK_ARN, "Cluster": "cluster", "LaunchType": "FARGATE", "Family": "backend", "Revision": "7"}


class _Metadata(JsonHandler):
    def document(self) -> object:
        return _TASK if self.path.endswith("/task") else _CONTAINER


@contextmanager
def ecs_metadata() -> Iterator[str]:
    """Runs the endpoint; what `ECS_CONTAINER_METADATA_URI_V4` would hold."""
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _Metadata)) as url:
        yield f"{url}/v4/0123"
