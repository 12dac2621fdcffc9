"""How gunicorn serves the application. gunicorn's own variables (`WEB_CONCURRENCY`, `GUNICORN_CMD_ARGS`) override this file."""

from flask_tracing.gunicorn import *  # noqa: F403 - gunicorn reads this file's names

from settings import load_bind_host, load_port

wsgi_app = "app:create_app()"
bind = f"{load_bind_host()}:{load_port()}"
