"""The environment variables that the package reads, and those that a library reads for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment, and who reads it: this package, or the named library."""

    name: str
    reader: str = "flask-tracing"


TRUST_INCOMING_TRACE = Variable("TRUST_INCOMING_TRACE")
RECORD_QUERY_STRINGS = Variable("RECORD_QUERY_STRINGS")
HONEYCOMB_API_KEY = Variable("HONEYCOMB_API_KEY")
OTEL_SDK_DISABLED = Variable("OTEL_SDK_DISABLED")
OTEL_SERVICE_NAME = Variable("OTEL_SERVICE_NAME")
OTEL_EXPORTER_OTLP_ENDPOINT = Variable("OTEL_EXPORTER_OTLP_ENDPOINT")
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = Variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
OTEL_EXPORTER_OTLP_HEADERS = Variable("OTEL_EXPORTER_OTLP_HEADERS")
OTEL_EXPORTER_OTLP_TRACES_HEADERS = Variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS")
OTEL_TRACES_EXPORTER = Variable("OTEL_TRACES_EXPORTER")
OTEL_TRACES_SAMPLER = Variable("OTEL_TRACES_SAMPLER")
OTEL_TRACES_SAMPLER_ARG = Variable("OTEL_TRACES_SAMPLER_ARG")
OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT = Variable("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT")
OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT = Variable("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT")
OTEL_SEMCONV_STABILITY_OPT_IN = Variable("OTEL_SEMCONV_STABILITY_OPT_IN")
OTEL_PYTHON_FLASK_EXCLUDED_URLS = Variable("OTEL_PYTHON_FLASK_EXCLUDED_URLS")
OTEL_PYTHON_DISABLED_INSTRUMENTATIONS = Variable("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS")
AWS_XRAY_SDK_ENABLED = Variable("AWS_XRAY_SDK_ENABLED")
AWS_XRAY_TRACING_NAME = Variable("AWS_XRAY_TRACING_NAME")
AWS_XRAY_DAEMON_ADDRESS = Variable("AWS_XRAY_DAEMON_ADDRESS")
AWS_XRAY_URL = Variable("AWS_XRAY_URL")
ECS_CONTAINER_METADATA_URI_V4 = Variable("ECS_CONTAINER_METADATA_URI_V4")

READ_BY_PACKAGE = tuple(value for value in list(vars().values()) if isinstance(value, Variable))

#: Read by the libraries that the package uses, and worth knowing.
READ_BY_LIBRARIES = (
    Variable("AWS_XRAY_CONTEXT_MISSING", "aws-xray-sdk"),
    Variable("OTEL_BSP_SCHEDULE_DELAY", "opentelemetry-sdk"),
    Variable("OTEL_EXPORTER_OTLP_CERTIFICATE", "opentelemetry-sdk"),
    Variable("OTEL_EXPORTER_OTLP_COMPRESSION", "opentelemetry-sdk"),
    Variable("OTEL_EXPORTER_OTLP_TIMEOUT", "opentelemetry-sdk"),
    Variable("OTEL_RESOURCE_ATTRIBUTES", "opentelemetry-sdk"),
)
