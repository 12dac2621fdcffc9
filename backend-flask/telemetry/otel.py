"""OpenTelemetry, set up: spans of requests, of calls through `requests` and of the application, in batches to Honeycomb."""

import threading
from collections.abc import Callable

import requests
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.extension.aws.resource.ecs import AwsEcsResourceDetector
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import Span

from telemetry.configuration import OtelSettings
from telemetry.id_bridge import RequestIdGenerator, TraceHeaderPropagator
from telemetry.span_sampler import OneInSampler
from telemetry.untraced_session import UntracedSession

OnOutgoingRequest = Callable[[Span, requests.PreparedRequest], None]


class Tracing:
    """OpenTelemetry at work in this process. Started once, after any fork."""

    def __init__(self, settings: OtelSettings, on_outgoing_request: OnOutgoingRequest | None) -> None:
        self.provider = TracerProvider(
            sampler=OneInSampler(settings.keep_one_in),
            resource=_resource(settings.default_service_name),
            id_generator=RequestIdGenerator(),
            # the library's own handler waits up to 30 s for an endpoint that does not answer
            shutdown_on_exit=False,
        )
        if settings.headers is not None:
            exporter = OTLPSpanExporter(endpoint=settings.endpoint, headers=settings.headers, session=UntracedSession())
            self.provider.add_span_processor(BatchSpanProcessor(exporter))
        if settings.export_to_console:
            self.provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(formatter=_one_line)))
        trace.set_tracer_provider(self.provider)
        propagate.set_global_textmap(TraceHeaderPropagator())

        RequestsInstrumentor().instrument(
            tracer_provider=self.provider,
            meter_provider=NoOpMeterProvider(),
            request_hook=on_outgoing_request,
        )

    def shutdown(self, timeout_seconds: float) -> None:
        """Sends the last spans, and gives up after the timeout: an endpoint that does not answer must not hold the exit."""
        flushing = threading.Thread(target=self.provider.shutdown, name="flush-spans", daemon=True)
        flushing.start()
        flushing.join(timeout_seconds)


def _resource(default_service_name: str) -> Resource:
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: default_service_name}))
    return _HashedOnce(resource.merge(AwsEcsResourceDetector().detect()))


class _HashedOnce(Resource):
    """A resource whose hash is made once. The exporter asks for it for each span; the library then makes JSON of it all."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource.attributes, resource.schema_url)
        self._hash = super().__hash__()

    def __hash__(self) -> int:
        return self._hash


def _one_line(span: ReadableSpan) -> str:
    return f"{span.to_json(indent=None)}\n"
