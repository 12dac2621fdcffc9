"""Trace IDs in X-Ray's format, and the header that propagates them, so that a request has the same ID in both backends."""

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
    """Generates trace IDs; that of a request's span is the one that the middleware assigned."""

    def expect(self, trace_id: int) -> None:
        """Sets the trace ID of the next root span of this thread."""
        _expected.set(trace_id)

    def generate_trace_id(self) -> int:
        expected = _expected.get()
        if expected is None:
            return super().generate_trace_id()
        _expected.set(None)
        return expected


class TraceHeaderPropagator(AwsXRayPropagator):
    """Propagates a trace to other services in X-Ray's header only.

    `Sampled` is X-Ray's decision. The library would send OpenTelemetry's, which samples everything by default, so that X-Ray
    would record everything in each service behind this one.
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
