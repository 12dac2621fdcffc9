"""Puts the tracing on an application."""

import gc
import logging

from flask import Flask

from telemetry.configuration import Settings, Severity
from telemetry.gate import RequestRecorder, TraceGate

log = logging.getLogger(__name__)

#: How long the last spans may take to leave when the process ends.
FLUSH_SECONDS = 5.0

_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}
_EXTENSION = "telemetry"


def start_telemetry(app: Flask, settings: Settings) -> None:
    """Starts what the settings ask for. Starts threads, so call it after any fork.

    The libraries are imported only when they are used: with both backends off, the application is as light as without them.
    """
    for problem in settings.problems:
        log.log(_LEVELS[problem.severity], "%s", problem.message)
    recorders: list[RequestRecorder] = []
    on_outgoing_request = None
    if settings.xray is not None:
        from telemetry.segment_bridge import name_subsegment_after
        from telemetry.xray import start_xray

        recorders.append(start_xray(app, settings.xray))
        on_outgoing_request = name_subsegment_after
    if settings.otel is not None:
        from telemetry.otel import Tracing
        from telemetry.otel_spans import RequestSpans

        tracing = Tracing(settings.otel, on_outgoing_request)
        recorders.append(RequestSpans(app, tracing.provider))
        app.extensions[_EXTENSION] = tracing
    if recorders:
        app.wsgi_app = TraceGate(  # type: ignore[method-assign]
            app.wsgi_app,
            excluded_paths=settings.excluded_paths,
            trust_incoming_trace=settings.trust_incoming_trace,
            recorders=recorders,
        )
        # nearly all of the 87,000 objects that are here by now last as long as the process: a full collection that looked
        # through them would hold every request for tens of milliseconds
        gc.collect()
        gc.freeze()


def stop_telemetry(app: Flask) -> None:
    """Sends the spans that are still here, for `FLUSH_SECONDS` at most."""
    tracing = app.extensions.get(_EXTENSION)
    if tracing is not None:
        tracing.shutdown(FLUSH_SECONDS)
