"""Log lines as JSON, with the trace ID, and with a limit on the lines that a lasting fault of the tracing writes.

`logging.config.dictConfig(LOGGING)` applies all of it; the classes can be used in your own configuration.
"""

import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

from opentelemetry.trace import get_current_span

from flask_tracing._request.trace_header import int_to_root
from flask_tracing._sampling.decision import EXCLUDED

#: The time in which one line is written for each cause.
QUIET_SECONDS = 60.0

#: The cause that a logger reports, by the prefix of its name. Loggers with the same cause share its line.
_CAUSES = (
    ("aws_xray_sdk.core.sampling", "sampling rules"),
    ("flask_tracing._sampling.xray_rules", "sampling rules"),
    ("flask_tracing._sending.emitter", "X-Ray daemon"),
    ("flask_tracing.export", "span export"),
    ("flask_tracing.internal", "tracing"),
    ("aws_xray_sdk", "X-Ray SDK"),
    ("opentelemetry.exporter", "span export"),
    ("opentelemetry.sdk", "span queue"),
    ("opentelemetry", "OpenTelemetry"),
    ("urllib3", "HTTP client"),
    ("botocore", "AWS client"),
)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with `trace_id` in X-Ray's format, by which X-Ray's console finds the log lines of a trace.

    It replaces python-json-logger, which would need a subclass as long as this one for the trace ID and the count.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        span = get_current_span().get_span_context()
        if span.is_valid and span.trace_state is not EXCLUDED:
            entry["trace_id"] = int_to_root(span.trace_id)
        suppressed = getattr(record, "suppressed", 0)
        if suppressed:
            entry["suppressed"] = suppressed
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)


class QuietTracing(logging.Filter):
    """Passes one line a minute for each cause that the tracing reports, and counts the others.

    The next line that passes has the count as `suppressed`. The application's own lines always pass.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._passed_at: dict[str, float] = {}
        self._suppressed: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        cause = next((cause for prefix, cause in _CAUSES if record.name.startswith(prefix)), None)
        if cause is None:
            return True
        now = time.monotonic()
        with self._lock:
            passed_at = self._passed_at.get(cause)
            if passed_at is not None and now - passed_at < QUIET_SECONDS:
                self._suppressed[cause] = self._suppressed.get(cause, 0) + 1
                return False
            self._passed_at[cause] = now
            record.suppressed = self._suppressed.pop(cause, 0)
            return True


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "flask_tracing.logs.JsonFormatter"}},
    "filters": {"quiet": {"()": "flask_tracing.logs.QuietTracing"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
            "formatter": "json",
            "filters": ["quiet"],
        },
    },
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "INFO", "handlers": [], "propagate": True},
        "aws_xray_sdk": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        # writes a line for each request, with its complete URL
        "httpx": {"level": "WARNING"},
        "opentelemetry": {"level": "WARNING"},
        "urllib3": {"level": "ERROR"},
    },
}
