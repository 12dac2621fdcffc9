"""Makes OpenTelemetry use the ids that X-Ray uses, so that one search finds a request in both backends."""

import typing

from opentelemetry.context import Context
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.propagators.textmap import CarrierT, Setter, default_setter
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.trace import get_current_span

from telemetry import trace_header
from telemetry.request_trace import current_request_trace


class RequestIdGenerator(AwsXRayIdGenerator):
    """The trace id of a span is that of the request; outside a request, a new one in X-Ray's form."""

    def generate_trace_id(self) -> int:
        trace = current_request_trace.get()
        return super().generate_trace_id() if trace is None else trace_header.root_to_int(trace.root)


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
        trace = current_request_trace.get()
        value = trace_header.render(
            trace_header.int_to_root(span.trace_id),
            parent=f"{span.span_id:016x}",
            sampled=None if trace is None else trace.sampled_by_xray,
        )
        setter.set(typing.cast(typing.Any, carrier), trace_header.TRACE_HEADER, value)
