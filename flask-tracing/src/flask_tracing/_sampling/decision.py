"""X-Ray's sampling decision, which every span of a trace inherits."""

from typing import Any

from opentelemetry.trace import SpanContext, TraceState


class XRayDecision(TraceState):
    """X-Ray's decision about a trace, as the trace state of its span contexts.

    A child span has the trace state of its parent on any thread, unlike a context variable or an attribute of the span object.
    As a trace state it is empty, so it is not propagated to other services. A sampled decision belongs to one segment: the
    first span that starts with it.
    """

    def __init__(self, sampled: bool | None, *, rule: str | None = None, service: str | None = None) -> None:
        super().__init__()
        #: `None` if X-Ray is off.
        self.sampled = sampled
        #: The sampling rule that sampled the trace; `None` for a caller's decision and for the local rule.
        self.rule = rule
        #: Name of the segment, if it is not the service's.
        self.service = service
        #: Span ID of the segment, once it has started.
        self.segment_id: int | None = None
        #: The entities of `xray_recorder` for these spans, by span ID.
        self.entities: dict[int, Any] = {}


#: Of an excluded path: neither backend records the trace.
EXCLUDED = XRayDecision(sampled=False)
NOT_SAMPLED = XRayDecision(sampled=False)
#: X-Ray is off.
UNDECIDED = XRayDecision(sampled=None)


def decision_of(context: SpanContext) -> XRayDecision:
    """Returns the decision of a span context.

    A context that another propagator extracted has none; its sampled flag is then the caller's decision about X-Ray.
    """
    if isinstance(context.trace_state, XRayDecision):
        return context.trace_state
    return XRayDecision(sampled=True) if context.trace_flags.sampled else NOT_SAMPLED
