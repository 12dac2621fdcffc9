"""Traces a Flask application in AWS X-Ray and in Honeycomb, or another OTLP endpoint, by one instrumentation.

    from flask_tracing import instrument

    app = Flask(__name__)
    instrument(app)

This file imports nothing of weight: with both backends off, an application is as light as without the package.
"""

import atexit
import logging
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING

from flask import Flask

from flask_tracing._settings.reader import load_settings
from flask_tracing._settings.settings import Severity

if TYPE_CHECKING:
    from flask_tracing._instrument import Tracing

__all__ = ["FLUSH_SECONDS", "instrument", "shutdown"]

#: How long the last spans may take to leave when the process ends.
FLUSH_SECONDS = 5.0

log = logging.getLogger(__name__)

_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}
_lock = threading.Lock()
_loaded = False
_tracing: "Tracing | None" = None


def instrument(app: Flask, *, service_name: str | None = None, exclude: Collection[str] = ()) -> None:
    """Traces every request of the application, and what it does with libraries that have an OpenTelemetry instrumentation.

    What is recorded and where it goes is said by environment variables: see the README. Nothing in them fails the
    application: a bad one is a line in the log, and so is a tracing that cannot start. Call it in the process that serves,
    after any fork: it starts threads. Applications of one process share one tracing; the environment is read for the first.

    Args:
        service_name: the name where `OTEL_SERVICE_NAME` gives none.
            @default - the name of the application
        exclude: exact paths whose requests are recorded nowhere, such as that of a health check.
            @default - none but what `OTEL_PYTHON_FLASK_EXCLUDED_URLS` matches
    """
    try:
        tracing = _start(service_name or app.name)
        if tracing is not None:
            tracing.instrument(app, exclude)
    except Exception:
        log.exception("the tracing cannot start; the application serves untraced")


def shutdown(timeout_seconds: float = FLUSH_SECONDS) -> None:
    """Sends the spans that are still here; called at exit, and by a server that ends its process in another way.

    Args:
        timeout_seconds: an endpoint that has not answered by then loses them.
    """
    atexit.unregister(shutdown)
    if _tracing is not None:
        _tracing.shutdown(timeout_seconds)


def _start(service_name: str) -> "Tracing | None":
    """The tracing of this process; `None` if it is turned off."""
    global _loaded, _tracing  # noqa: PLW0603 - OpenTelemetry's provider and the SDK's recorder are global too
    with _lock:
        if not _loaded:
            _loaded = True
            settings = load_settings(service_name)
            for problem in settings.problems:
                log.log(_LEVELS[problem.severity], "%s", problem.message)
            if settings.is_on:
                from flask_tracing._instrument import Tracing  # noqa: PLC0415 - imported only when it is used

                _tracing = Tracing(settings)
                atexit.register(shutdown)
        return _tracing
