"""Trace ids in X-Ray's form, and the header that carries them, so that one search finds a request in both backends."""

import typing
from contextvars import ContextVar

from opentelemetry.context import Context
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.propagators.textmap import CarrierT, Setter, default_setter
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.trace import get_current_span

from flask_tracing._request import trace_header
from flask_tracing._sampling.decision import decision_of

_expected: ContextVar[int | None] = ContextVar("expected_trace_id", default=None)


class RequestIdGenerator(AwsXRayIdGenerator):
    """The trace id of a request's span is the one that was decided for it; any other root gets a new one."""

    def expect(self, trace_id: int) -> None:
        """The next root span of this thread has this trace id."""
        _expected.set(trace_id)

    def generate_trace_id(self) -> int:
        expected = _expected.get()
        if expected is None:
            return super().generate_trace_id()
        _expected.set(None)
        return expected


class TraceHeaderPropagator(AwsXRayPropagator):
    """Carries a trace to other services in X-Ray's header, and in no other.

    `Sampled` is X-Ray's decision and stays X-Ray's: the library would send OpenTelemetry's, which records everything by
    default, and so make X-Ray record everything in each service behind this one.
    """

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        span = get_current_span(context).get_span_context()
        if not span.is_valid:
            return
        value = trace_header.render(
            trace_header.int_to_root(span.trace_id),
            parent=f"{span.span_id:016x}",
            sampled=decision_of(span).sampled,
        )
        setter.set(typing.cast(typing.Any, carrier), trace_header.TRACE_HEADER, value)
