"""How gunicorn serves the application. gunicorn's own variables (`WEB_CONCURRENCY`, `GUNICORN_CMD_ARGS`) override this file."""

from flask_tracing import shutdown
from flask_tracing.logs import LOGGING

from settings import load_port

wsgi_app = "app:create_app()"
bind = f"0.0.0.0:{load_port()}"

# a quarter of a CPU runs one process well; threads overlap what waits
workers = 1
worker_class = "draining_worker.DrainingThreadWorker"
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

# requests in flight first, then 5 s for the last spans: together below the 40 s after which ECS kills the task
graceful_timeout = 25

accesslog = None
logger_class = "gunicorn_logger.OptInAccessLogger"
logconfig_dict = LOGGING


def worker_exit(_server, _worker):
    """Runs in the worker when its last request has been answered."""
    shutdown()
