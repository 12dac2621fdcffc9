"""Loads the OpenTelemetry instrumentations that are installed, by their entry points."""

import logging
from collections.abc import Set
from importlib.metadata import EntryPoint, entry_points

from opentelemetry.instrumentation.dependencies import DependencyConflictError
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import TracerProvider

log = logging.getLogger("flask_tracing.instrumentations")

_GROUP = "opentelemetry_instrumentor"

#: Instrumentations of what the middleware records.
_SERVER_SPANS = frozenset({"flask", "wsgi"})
#: Disables all instrumentations.
_ALL = "*"


def load_instrumentations(provider: TracerProvider, disabled: Set[str]) -> None:
    """Loads all that are not disabled. One that cannot be loaded is a line in the log, and does not affect the others."""
    for entry_point in sorted(entry_points(group=_GROUP), key=lambda entry_point: entry_point.name):
        if not {_ALL, entry_point.name} & disabled and entry_point.name not in _SERVER_SPANS:
            _load(entry_point, provider)


def _load(entry_point: EntryPoint, provider: TracerProvider) -> None:
    try:
        entry_point.load()().instrument(
            tracer_provider=provider, meter_provider=NoOpMeterProvider(), raise_exception_on_conflict=True
        )
    except DependencyConflictError as error:
        if error.conflict.found or error.conflict.found_any:
            log.warning("calls of %s are not traced: %s", entry_point.name, error)
    except ModuleNotFoundError:
        # the library that it instruments is not installed
        pass
    except Exception as error:
        log.warning("calls of %s are not traced: %s: %s", entry_point.name, type(error).__name__, error)
