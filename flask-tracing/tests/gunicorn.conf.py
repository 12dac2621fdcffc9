"""Serves the application of the tests, as the README says."""

import os

from flask_tracing.gunicorn import *  # noqa: F403 - gunicorn reads this file's names

wsgi_app = "application:create_app()"
bind = f"127.0.0.1:{os.environ.get('PORT', '0')}"
