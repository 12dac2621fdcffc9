"""The trace of the request that this thread is serving: the one place that both backends take its id from."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class RequestTrace:
    """What was decided about a request before either backend saw it."""

    #: The trace id in X-Ray's form.
    root: str
    #: Whether X-Ray records the request; `None` while undecided, and when X-Ray is off.
    sampled_by_xray: bool | None = None
    #: The request is a health check or excluded by hand: no backend records it.
    excluded: bool = False


current_request_trace: ContextVar[RequestTrace | None] = ContextVar("current_request_trace", default=None)
