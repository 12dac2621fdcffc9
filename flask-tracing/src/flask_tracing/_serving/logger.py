"""gunicorn's log, with a limit on what untrusted callers can write to it."""

import logging
import threading
import time
from typing import Any

from gunicorn.glogging import Logger

#: The time in which one line is written about refused requests.
QUIET_SECONDS = 60.0
#: Maximum length of a message: it quotes the request.
MESSAGE_LIMIT = 500

_REFUSED = "Invalid request"


class RefusedRequests(logging.Filter):
    """Passes one line a minute about requests that gunicorn refuses, and counts the others.

    The next line that passes has the count as `suppressed`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._quiet_until = 0.0
        self._suppressed = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if not str(record.msg).startswith(_REFUSED):
            return True
        with self._lock:
            if time.monotonic() < self._quiet_until:
                self._suppressed += 1
                return False
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            record.suppressed, self._suppressed = self._suppressed, 0
        record.msg, record.args = record.getMessage()[:MESSAGE_LIMIT], None
        return True


class ServiceLogger(Logger):
    """Limits the lines about refused requests, and writes an access log only if gunicorn has a file for it.

    gunicorn's own logger formats a line for each request if there is a `logconfig_dict`, even if no handler writes the line.
    Under load that was a fifth of the time in which the worker ran Python.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(RefusedRequests())

    @property
    def access_log_enabled(self) -> bool:
        return bool(self.cfg.accesslog)
