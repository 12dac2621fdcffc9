"""Reads the environment.

An invalid value never raises: it is replaced by the default, and `Settings.problems` names the variable, the rule, and the
consequence. A message never shows the value of a variable that may hold a key.
"""

import os
import re
from collections.abc import MutableMapping

from flask_tracing._settings import variables
from flask_tracing._settings.environment import Environment
from flask_tracing._settings.otlp import read_otlp
from flask_tracing._settings.settings import Settings, Severity, SpanSettings, XRaySettings

DEFAULT_DAEMON_ADDRESS = "127.0.0.1:2000"

#: In characters. Enough for a statement or a stack trace; several of them fit into X-Ray's 64 KB.
DEFAULT_MAX_TEXT = 8_192

_HOST = r"[A-Za-z0-9._-]+"
_DAEMON_ADDRESS = re.compile(
    rf"{_HOST}:(?P<both>\d+)"
    rf"|tcp:{_HOST}:(?P<tcp_first>\d+) udp:{_HOST}:(?P<udp_last>\d+)"
    rf"|udp:{_HOST}:(?P<udp_first>\d+) tcp:{_HOST}:(?P<tcp_last>\d+)",
    re.ASCII,
)
_SAMPLERS = (
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
)


def load_settings(service_name: str, environ: MutableMapping[str, str] = os.environ) -> Settings:
    """Reads the environment of this process. Call it once: it removes the variables that hold headers.

    Args:
        service_name: the service's name if `OTEL_SERVICE_NAME` is not set.
    """
    environment = Environment(environ)
    exporters = _exporters(environment)
    disabled = environment.flag(variables.OTEL_SDK_DISABLED, default=False)
    if disabled:
        # the library's provider would create no spans, and so no segments
        environment.take(variables.OTEL_SDK_DISABLED)
        exporters = frozenset()
    name = environment.get(variables.OTEL_SERVICE_NAME) or service_name
    return Settings(
        service_name=service_name,
        excluded_paths=_excluded_paths(environment),
        trust_incoming_trace=environment.flag(variables.TRUST_INCOMING_TRACE, default=False),
        xray=_xray(environment, name),
        otlp=read_otlp(environment) if "otlp" in exporters else None,
        export_to_console="console" in exporters,
        spans=_spans(environment),
        problems=tuple(environment.problems),
    )


def _excluded_paths(environment: Environment) -> re.Pattern[str] | None:
    patterns = environment.names(variables.OTEL_PYTHON_FLASK_EXCLUDED_URLS)
    try:
        return re.compile("|".join(sorted(patterns))) if patterns else None
    except re.error as error:
        text = environment.get(variables.OTEL_PYTHON_FLASK_EXCLUDED_URLS)
        environment.report(
            f"`OTEL_PYTHON_FLASK_EXCLUDED_URLS` must be comma-separated regular expressions, got: {text!r} ({error}); "
            "it excludes nothing"
        )
        return None


def _xray(environment: Environment, service_name: str) -> XRaySettings | None:
    if not environment.flag(variables.AWS_XRAY_SDK_ENABLED, default=True):
        return None
    address = environment.get_even_empty(variables.AWS_XRAY_DAEMON_ADDRESS)
    if address is None:
        address = DEFAULT_DAEMON_ADDRESS
    if not _is_daemon_address(address):
        # the SDK raises on it when it is imported, even by the application
        environment.take(variables.AWS_XRAY_DAEMON_ADDRESS)
        environment.report(
            "`AWS_XRAY_DAEMON_ADDRESS` must be host:port, or tcp:host:port udp:host:port, "
            f"got: {address!r}; nothing is sent to X-Ray"
        )
        return None
    dynamic_naming = environment.get(variables.AWS_XRAY_URL)
    if dynamic_naming is not None:
        environment.report(
            f"`AWS_XRAY_URL` is set to {dynamic_naming!r}: segments whose host matches it are named after the host, so "
            "neither the sampling rule nor the group of this service matches them; unset it to avoid that",
            Severity.WARNING,
        )
    return XRaySettings(
        service_name=environment.get(variables.AWS_XRAY_TRACING_NAME) or service_name,
        daemon_address=address,
        dynamic_naming=dynamic_naming,
        on_ecs=environment.get(variables.ECS_CONTAINER_METADATA_URI_V4) is not None,
    )


def _is_daemon_address(text: str) -> bool:
    match = _DAEMON_ADDRESS.fullmatch(text)
    return match is not None and all(1 <= int(port) <= 65_535 for port in match.groups() if port)


def _exporters(environment: Environment) -> frozenset[str]:
    names = environment.names(variables.OTEL_TRACES_EXPORTER) or frozenset({"otlp"})
    if names - {"otlp", "console", "none"}:
        text = environment.get(variables.OTEL_TRACES_EXPORTER)
        environment.report(f"`OTEL_TRACES_EXPORTER` must be a list of otlp, console, and none, got: {text!r}; otlp is used")
        return frozenset({"otlp"})
    return names


def _spans(environment: Environment) -> SpanSettings:
    conventions = environment.names(variables.OTEL_SEMCONV_STABILITY_OPT_IN)
    return SpanSettings(
        keep_one_in=_keep_one_in(environment),
        max_text=_max_text(environment),
        record_query=environment.flag(variables.RECORD_QUERY_STRINGS, default=False),
        old_names="http/dup" in conventions or "http" not in conventions,
        stable_names=not conventions.isdisjoint({"http", "http/dup"}),
        disabled_instrumentations=environment.names(variables.OTEL_PYTHON_DISABLED_INSTRUMENTATIONS),
    )


def _max_text(environment: Environment) -> int:
    for variable in (variables.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT, variables.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT):
        text = environment.get(variable)
        if text is None:
            continue
        if re.fullmatch(r"[0-9]{1,9}", text):
            return int(text)
        environment.take(variable)
        environment.report(
            f"`{variable.name}` must be a whole number of characters, got: {text!r}; {DEFAULT_MAX_TEXT} are kept"
        )
    return DEFAULT_MAX_TEXT


def _keep_one_in(environment: Environment) -> int:
    name = (environment.get(variables.OTEL_TRACES_SAMPLER) or "always_on").strip().lower()
    if name not in _SAMPLERS:
        environment.report(f"`OTEL_TRACES_SAMPLER` must be one of {', '.join(_SAMPLERS)}, got: {name!r}; every trace is kept")
        return 1
    if name.endswith("always_off"):
        return 0
    return _one_in_for_ratio(environment) if name.endswith("traceidratio") else 1


def _one_in_for_ratio(environment: Environment) -> int:
    text = environment.get(variables.OTEL_TRACES_SAMPLER_ARG) or "1.0"
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        environment.report(f"`OTEL_TRACES_SAMPLER_ARG` must be a number from 0 to 1, got: {text!r}; every trace is kept")
        return 1
    if ratio == 0:
        return 0
    one_in = round(1 / ratio)
    if abs(one_in * ratio - 1) > 0.001:
        environment.report(
            f"`OTEL_TRACES_SAMPLER_ARG` is {text}: one trace in {one_in} is kept, since SampleRate is a whole number",
            Severity.WARNING,
        )
    return one_in
