"""Which traces Honeycomb gets, and how it counts those it does not get."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from telemetry.request_trace import current_request_trace

#: Honeycomb multiplies counts by this attribute of a span.
SAMPLE_RATE_ATTRIBUTE = "SampleRate"

_LOW_64_BITS = (1 << 64) - 1
_DROP = SamplingResult(Decision.DROP)


class OneInSampler(Sampler):
    """Keeps one trace in `keep_one_in`, chosen by its id, so that services with the same setting keep the same traces.

    Only a parent in this process is followed. A remote parent's flag is X-Ray's decision about X-Ray: following it would let
    X-Ray's sampling rule thin out Honeycomb, at another rate than `SampleRate` says.
    """

    def __init__(self, keep_one_in: int) -> None:
        self._keep_one_in = keep_one_in
        self._bound = (_LOW_64_BITS + 1) // keep_one_in if keep_one_in else 0

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
        if not self._keeps(parent_context, trace_id):
            return _DROP
        if self._keep_one_in > 1:
            attributes = {**(attributes or {}), SAMPLE_RATE_ATTRIBUTE: self._keep_one_in}
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)

    def _keeps(self, parent_context: Context | None, trace_id: int) -> bool:
        request = current_request_trace.get()
        if request is not None and request.excluded:
            return False
        parent = get_current_span(parent_context).get_span_context()
        if parent.is_valid and not parent.is_remote:
            return parent.trace_flags.sampled
        return trace_id & _LOW_64_BITS < self._bound

    def get_description(self) -> str:
        return f"OneInSampler{{{self._keep_one_in}}}"
