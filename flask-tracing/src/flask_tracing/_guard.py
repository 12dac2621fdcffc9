"""Keeps faults of the tracing away from the application."""

import logging
from types import TracebackType

log = logging.getLogger("flask_tracing.internal")


class _InternalFaults:
    """A context manager that logs an exception and suppresses it. It has no state, so all threads share one."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> bool:
        if not isinstance(error, Exception):
            return False
        log.error("a fault of the tracing; the application is not affected", exc_info=error)
        return True


#: `with internal_faults:` around the tracing's own work, and never around the application's.
internal_faults = _InternalFaults()
