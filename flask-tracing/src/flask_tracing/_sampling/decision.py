"""X-Ray's decision about a trace, in a form that every span of the trace inherits."""

from typing import Any

from opentelemetry.trace import SpanContext, TraceState


class XRayDecision(TraceState):
    """What X-Ray decided about the trace, as the trace state of its span contexts.

    A child span, on whatever thread, has the trace state of its parent; a context variable or an attribute of the span object
    does not reach as far. It is empty as a trace state, so nothing of it leaves the process. One that is sampled belongs to one
    segment: the first span that starts with it.
    """

    def __init__(self, sampled: bool | None, *, rule: str | None = None, service: str | None = None) -> None:
        super().__init__()
        #: `None`: X-Ray is off.
        self.sampled = sampled
        #: The sampling rule that chose the trace; `None` for a caller's decision, and for the local rule.
        self.rule = rule
        #: Name of the segment, where it is not the service's.
        self.service = service
        #: Span id of the segment, once it has started.
        self.segment_id: int | None = None
        #: What `xray_recorder` was told of these spans, by span id.
        self.entities: dict[int, Any] = {}


#: Neither backend records the trace, since its path is excluded.
EXCLUDED = XRayDecision(sampled=False)
NOT_SAMPLED = XRayDecision(sampled=False)
#: X-Ray is off.
UNDECIDED = XRayDecision(sampled=None)


def decision_of(context: SpanContext) -> XRayDecision:
    """The decision that a span context carries.

    One that this package did not make has none: its sampled flag is then what the caller says of X-Ray.
    """
    if isinstance(context.trace_state, XRayDecision):
        return context.trace_state
    return XRayDecision(sampled=True) if context.trace_flags.sampled else NOT_SAMPLED
