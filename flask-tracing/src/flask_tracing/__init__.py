"""Traces a Flask application in AWS X-Ray and in Honeycomb, or another OTLP endpoint, with one instrumentation.

    from flask_tracing import instrument

    app = Flask(__name__)
    instrument(app)

This module imports nothing heavy: with both backends off, an application starts as fast as without the package.
"""

import atexit
import logging
import signal
import sys
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING

from flask import Flask

from flask_tracing._settings.reader import load_settings
from flask_tracing._settings.settings import Severity

if TYPE_CHECKING:
    from flask_tracing._instrument import Tracing

__all__ = ["FLUSH_SECONDS", "instrument", "shutdown"]

#: How long the process waits at its end for the last spans to be sent.
FLUSH_SECONDS = 5.0

log = logging.getLogger(__name__)

_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}
_lock = threading.Lock()
_loaded = False
_tracing: "Tracing | None" = None


def instrument(app: Flask, *, service_name: str | None = None, exclude: Collection[str] = ()) -> None:
    """Traces every request of the application, and its calls of libraries that have an OpenTelemetry instrumentation.

    Environment variables set what is recorded and where it is sent: see the README. An invalid one never fails the
    application, and neither does tracing that cannot start: each is a line in the log. Call it in the process that serves
    requests, after any fork, because it starts threads. The applications of a process share the tracing; the environment is
    read for the first.

    Args:
        service_name: the service's name if `OTEL_SERVICE_NAME` is not set.
            @default - the name of the application
        exclude: exact paths whose requests are not recorded, such as that of a health check.
            @default - none; `OTEL_PYTHON_FLASK_EXCLUDED_URLS` excludes further ones
    """
    try:
        tracing = _start(service_name or app.name)
        if tracing is not None:
            tracing.instrument(app, exclude)
    except Exception:
        log.exception("tracing cannot start; the application runs without it")


def shutdown(timeout_seconds: float = FLUSH_SECONDS) -> None:
    """Sends the remaining spans. Runs at exit; a server that ends its process in another way calls it.

    Args:
        timeout_seconds: how long to wait for the endpoint; spans that it has not accepted by then are lost.
    """
    atexit.unregister(shutdown)
    if _tracing is not None:
        _tracing.shutdown(timeout_seconds)


def _start(service_name: str) -> "Tracing | None":
    """Returns the tracing of this process, or `None` if it is turned off."""
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
                _exit_on_sigterm()
        return _tracing


def _exit_on_sigterm() -> None:
    """Makes a SIGTERM that nothing handles an exit like any other, which sends the last spans. ECS stops a task by it.

    Python would end the process at once; as the first process of a container, it would even ignore the signal.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
