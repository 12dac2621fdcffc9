"""The application: creates it and wires its parts."""

import logging.config
from typing import Any

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from services.home_activities import home_activities
from telemetry.configuration import Settings, load_settings
from telemetry.logs import LOGGING
from telemetry.wiring import start_telemetry


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application, traced. Call it after any fork: it starts threads."""
    settings = settings or load_settings()
    logging.config.dictConfig(LOGGING)

    app = Flask(__name__)
    app.register_error_handler(HTTPException, error_as_json)
    app.add_url_rule(settings.health_check_path, "health_check", health_check)
    app.add_url_rule("/api/activities/home", "data_home", data_home)
    start_telemetry(app, settings)
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
