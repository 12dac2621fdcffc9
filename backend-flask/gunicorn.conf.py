"""How gunicorn serves the application. gunicorn's own variables (`WEB_CONCURRENCY`, `GUNICORN_CMD_ARGS`) override this file."""

from serving.settings import *  # noqa: F403 - gunicorn reads this file's names
from telemetry.configuration import load_bind_host, load_port
from telemetry.logs import LOGGING
from telemetry.wiring import stop_telemetry

wsgi_app = "app:create_app()"
bind = f"{load_bind_host()}:{load_port()}"
logconfig_dict = LOGGING


def worker_exit(_server, worker):
    """Runs in the worker when its last request has been answered."""
    application = getattr(worker, "wsgi", None)
    if application is not None:
        stop_telemetry(application)
