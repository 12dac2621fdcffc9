"""OpenTelemetry's tracer provider, set up."""

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
    """A provider whose spans have no limit of their own on texts: they are cut, with a mark, when the span ends."""
    return TracerProvider(
        sampler=sampler,
        resource=resource,
        id_generator=ids,
        span_limits=SpanLimits(max_attribute_length=SpanLimits.UNSET, max_span_attribute_length=SpanLimits.UNSET),
        # the library's own handler waits up to 30 s for an endpoint that does not answer
        shutdown_on_exit=False,
    )


def make_resource(service_name: str) -> Resource:
    """What is the same for all spans: the environment's word, and that of the task's metadata.

    Args:
        service_name: the service's name where the environment gives none.
    """
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: service_name}))
    return resource.merge(AwsEcsResourceDetector().detect())


def make_exporters(settings: Settings) -> Sequence[SpanProcessor]:
    """The queue of the OTLP endpoint, and the console, as the settings say."""
    exporters: list[SpanProcessor] = []
    if settings.otlp is not None:
        exporters.append(BatchSpanProcessor(BatchExporter(settings.otlp.endpoint, settings.otlp.host, settings.otlp.headers)))
    if settings.export_to_console:
        exporters.append(SimpleSpanProcessor(ConsoleSpanExporter(formatter=_one_line)))
    return exporters


def _one_line(span: ReadableSpan) -> str:
    return f"{span.to_json(indent=None)}\n"
