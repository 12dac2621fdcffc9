"""The application: creates it and wires its parts."""

import logging.config
from typing import Any

from flask import Flask, Response, json
from flask_tracing import instrument
from flask_tracing.logs import LOGGING
from werkzeug.exceptions import HTTPException

from services.home_activities import home_activities
from settings import load_health_check_path


def create_app() -> Flask:
    """The WSGI application, traced. Call it after any fork: the tracing starts threads."""
    logging.config.dictConfig(LOGGING)
    health_check_path = load_health_check_path()

    app = Flask(__name__)
    app.register_error_handler(HTTPException, error_as_json)
    app.add_url_rule(health_check_path, "health_check", health_check)
    app.add_url_rule("/api/activities/home", "data_home", data_home)
    instrument(app, service_name="backend-flask", exclude=[health_check_path])
    return app


def health_check() -> dict[str, bool]:
    """Says that the application answers."""
    return {"success": True}


def data_home() -> list[dict[str, Any]]:
    """The activities of the home page."""
    return home_activities()


def error_as_json(error: HTTPException) -> Response:
    """What went wrong, without its reason: that is in the log and in the trace."""
    response = Response(json.dumps({"error": error.name}), status=error.code, mimetype="application/json")
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response
