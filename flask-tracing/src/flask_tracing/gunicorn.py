"""gunicorn's settings for a traced service behind an Application Load Balancer on ECS.

In your own `gunicorn.conf.py`, and after it what you want otherwise:

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

# a quarter of a CPU runs one process well; threads overlap what waits
workers = 1
worker_class = BufferingThreadWorker
threads = 8

# each worker makes its application after the fork, so that the threads of the tracing start in the process that serves
preload_app = False

# the root file system is read-only: the heartbeat file goes to memory, and there is no control socket
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a memory file system, not a shared temporary directory
control_socket_disable = True

# longer than the 60 s after which the load balancer closes an idle connection: it must never reuse one that closes here first
keepalive = 65
# what the load balancer lets through in one header; gunicorn's default of 8190 would answer 400 to a long one
limit_request_field_size = 16_384
# no limit of gunicorn's, which ends at 8190: the worker has the load balancer's
limit_request_line = 0

# requests in flight first, then 5 s for the last spans: together below the 40 s after which ECS kills the task
graceful_timeout = 25

accesslog = None
logger_class = ServiceLogger
logconfig_dict = LOGGING


def worker_exit(_server: object, _worker: object) -> None:
    """Runs in the worker when its last request has been answered: sends the last spans."""
    shutdown()
