"""gunicorn's settings for a traced service behind an Application Load Balancer on ECS.

At the top of your own `gunicorn.conf.py`; your settings below it take precedence:

    from flask_tracing.gunicorn import *
"""

from flask_tracing import shutdown
from flask_tracing._serving.logger import ServiceLogger
from flask_tracing._serving.worker import BufferingThreadWorker
from flask_tracing.logs import LOGGING

__all__ = [
    "BufferingThreadWorker",
    "accesslog",
    "control_socket_disable",
    "graceful_timeout",
    "keepalive",
    "limit_request_field_size",
    "limit_request_line",
    "logconfig_dict",
    "logger_class",
    "preload_app",
    "threads",
    "worker_class",
    "worker_exit",
    "worker_tmp_dir",
    "workers",
]

# one process uses a quarter of a CPU; threads overlap what waits
workers = 1
worker_class = BufferingThreadWorker
threads = 8

# each worker creates its application after the fork, so that the threads of the tracing start in the process that serves
preload_app = False

# the root file system is read-only: the heartbeat file goes to memory, and there is no control socket
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a memory file system, not a shared temporary directory
control_socket_disable = True

# longer than the 60 s after which the load balancer closes an idle connection: it must never reuse one that closes here first
keepalive = 65
# what the load balancer allows in one header; with gunicorn's default of 8190 a longer one is answered with 400
limit_request_field_size = 16_384
# gunicorn's limit is at most 8190; the worker applies the load balancer's instead
limit_request_line = 0

# then 5 s for the last spans: together less than the 40 s after which ECS kills the task
graceful_timeout = 25

accesslog = None
logger_class = ServiceLogger
logconfig_dict = LOGGING


def worker_exit(_server: object, _worker: object) -> None:
    """Sends the last spans, when the worker has answered its last request."""
    shutdown()
