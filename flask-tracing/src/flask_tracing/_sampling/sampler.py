"""Decides which spans are recorded, and for which backend."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from flask_tracing._sampling.decision import UNDECIDED, XRayDecision, decision_of
from flask_tracing._sampling.xray_sampling import XRaySampling

#: Honeycomb multiplies counts by this attribute.
SAMPLE_RATE_ATTRIBUTE = "SampleRate"

_LOW_64_BITS = (1 << 64) - 1


class TraceSampler(Sampler):
    """Records a span if either backend samples its trace; the sampled flag is for the OTLP endpoint.

    The middleware makes X-Ray's decision for a request; for a trace that starts outside a request it is made here. The OTLP
    endpoint receives one trace in `keep_one_in`, by trace ID, so that services with the same setting keep the same traces. A
    remote parent's flag is X-Ray's decision: if it were followed, X-Ray's rule would sample what Honeycomb receives, at a rate
    other than `SampleRate`.
    """

    def __init__(self, xray: XRaySampling | None, keep_one_in: int) -> None:
        self._xray = xray
        self._bound = (_LOW_64_BITS + 1) // keep_one_in if keep_one_in else 0
        self._sample_rate = {SAMPLE_RATE_ATTRIBUTE: keep_one_in} if keep_one_in > 1 else None

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        parent = get_current_span(parent_context).get_span_context()
        if parent.is_valid and not parent.is_remote:
            decision = decision_of(parent)
            exported = parent.trace_flags.sampled
        else:
            decision = self._decide_about_root(parent)
            exported = trace_id & _LOW_64_BITS < self._bound
        if exported:
            if self._sample_rate is not None:
                attributes = {**(attributes or {}), **self._sample_rate}
            return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes, decision)
        return SamplingResult(Decision.RECORD_ONLY if decision.sampled else Decision.DROP, attributes, decision)

    def _decide_about_root(self, parent: SpanContext) -> XRayDecision:
        if isinstance(parent.trace_state, XRayDecision):
            return parent.trace_state
        if self._xray is None:
            return UNDECIDED
        return decision_of(parent) if parent.is_valid else self._xray.decide_about_work()

    def get_description(self) -> str:
        return "TraceSampler"
