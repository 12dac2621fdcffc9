"""Configures OpenTelemetry's tracer provider, resource, and exporters."""

from collections.abc import Sequence

from opentelemetry.sdk.extension.aws.resource.ecs import AwsEcsResourceDetector
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import Sampler

from flask_tracing._export.exporter import BatchExporter
from flask_tracing._settings.settings import Settings
from flask_tracing._spans.trace_ids import RequestIdGenerator


def make_provider(resource: Resource, sampler: Sampler, ids: RequestIdGenerator) -> TracerProvider:
    """Returns a provider without limits on texts: they are truncated, with a mark, when the span ends."""
    return TracerProvider(
        sampler=sampler,
        resource=resource,
        id_generator=ids,
        span_limits=SpanLimits(max_attribute_length=SpanLimits.UNSET, max_span_attribute_length=SpanLimits.UNSET),
        # the library's own handler waits up to 30 s for an endpoint that does not answer
        shutdown_on_exit=False,
    )


def make_resource(service_name: str) -> Resource:
    """Returns the attributes of all spans, from the environment and from the metadata of the ECS task.

    Args:
        service_name: the service's name if the environment does not set it.
    """
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: service_name}))
    return resource.merge(AwsEcsResourceDetector().detect())


def make_exporters(settings: Settings) -> Sequence[SpanProcessor]:
    """Returns the exporters that are on: the queue for the OTLP endpoint, and the console."""
    exporters: list[SpanProcessor] = []
    if settings.otlp is not None:
        exporters.append(BatchSpanProcessor(BatchExporter(settings.otlp.endpoint, settings.otlp.host, settings.otlp.headers)))
    if settings.export_to_console:
        exporters.append(SimpleSpanProcessor(ConsoleSpanExporter(formatter=_one_line)))
    return exporters


def _one_line(span: ReadableSpan) -> str:
    return f"{span.to_json(indent=None)}\n"
