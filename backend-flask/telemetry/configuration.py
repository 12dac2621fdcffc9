"""Every environment variable of the application, declared and read in this one place.

Nothing here fails on a bad value of a tracing variable: the value is replaced by its default, and `Settings.problems` says
which variable, which rule, and what happens now. Only `PORT` is fatal, since a server without a port serves nobody.
A message never repeats the value of a variable that may hold a key.
"""

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import Enum

from telemetry.otlp_headers import HONEYCOMB_TEAM_HEADER, is_sendable_key, parse_headers


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment, and who reads it: the application itself, or the named library."""

    name: str
    reader: str = "application"


PORT = Variable("PORT")
BIND_HOST = Variable("BIND_HOST")
HEALTH_CHECK_PATH = Variable("HEALTH_CHECK_PATH")
TRUST_INCOMING_TRACE = Variable("TRUST_INCOMING_TRACE")
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
OTEL_PYTHON_FLASK_EXCLUDED_URLS = Variable("OTEL_PYTHON_FLASK_EXCLUDED_URLS")
AWS_XRAY_SDK_ENABLED = Variable("AWS_XRAY_SDK_ENABLED")
AWS_XRAY_TRACING_NAME = Variable("AWS_XRAY_TRACING_NAME")
AWS_XRAY_DAEMON_ADDRESS = Variable("AWS_XRAY_DAEMON_ADDRESS")
AWS_XRAY_URL = Variable("AWS_XRAY_URL")
ECS_CONTAINER_METADATA_URI_V4 = Variable("ECS_CONTAINER_METADATA_URI_V4")

#: Read by the libraries that the application uses, and worth knowing.
READ_BY_LIBRARIES = (
    Variable("AWS_REGION", "botocore"),
    Variable("AWS_XRAY_CONTEXT_MISSING", "aws-xray-sdk"),
    Variable("GUNICORN_CMD_ARGS", "gunicorn"),
    Variable("OTEL_BSP_SCHEDULE_DELAY", "opentelemetry-sdk"),
    Variable("OTEL_EXPORTER_OTLP_COMPRESSION", "opentelemetry-exporter-otlp-proto-http"),
    Variable("OTEL_EXPORTER_OTLP_TIMEOUT", "opentelemetry-exporter-otlp-proto-http"),
    Variable("OTEL_RESOURCE_ATTRIBUTES", "opentelemetry-sdk"),
    Variable("OTEL_SEMCONV_STABILITY_OPT_IN", "opentelemetry-instrumentation"),
    Variable("WEB_CONCURRENCY", "gunicorn"),
)

READ_BY_APPLICATION = tuple(value for value in list(vars().values()) if isinstance(value, Variable))

DEFAULT_PORT = 4567
DEFAULT_BIND_HOST = "127.0.0.1"
DEFAULT_HEALTH_CHECK_PATH = "/api/health-check"
DEFAULT_SERVICE_NAME = "backend-flask"
DEFAULT_DAEMON_ADDRESS = "127.0.0.1:2000"
HONEYCOMB_ENDPOINT = "https://api.honeycomb.io"

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


class ConfigurationError(ValueError):
    """A value without which the application cannot start."""


class Severity(Enum):
    """How loud a problem is: an error needs a person, a warning may be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the environment, in words that are safe to log."""

    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class XRaySettings:
    """What the X-Ray SDK is told."""

    service_name: str
    daemon_address: str
    dynamic_naming: str | None
    on_ecs: bool


@dataclass(frozen=True, slots=True)
class OtelSettings:
    """What OpenTelemetry is told."""

    default_service_name: str
    export_to_console: bool
    #: `None`: spans are not sent over the network.
    headers: Mapping[str, str] | None = field(repr=False)
    #: `None`: the exporter reads the standard variables itself.
    endpoint: str | None
    #: Of how many traces one is kept: 1 keeps all, 0 keeps none.
    keep_one_in: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The application's configuration, complete and valid."""

    health_check_path: str
    excluded_paths: re.Pattern[str]
    trust_incoming_trace: bool
    #: `None`: X-Ray is off.
    xray: XRaySettings | None
    #: `None`: OpenTelemetry is off.
    otel: OtelSettings | None
    problems: tuple[Problem, ...]


def load_settings(environ: MutableMapping[str, str] = os.environ) -> Settings:
    """Reads the environment of this process.

    The variables with headers are taken out of the environment: OpenTelemetry's exporter would parse them again, and prints
    the whole value, key included, when it cannot.
    """
    return _Reader(environ).settings()


def load_port(environ: Mapping[str, str] = os.environ) -> int:
    """The TCP port to serve on, 1 to 65535."""
    text = environ.get(PORT.name, str(DEFAULT_PORT))
    if re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= 65_535:
        return int(text)
    raise ConfigurationError(f"`PORT` must be a whole number from 1 to 65535, got: {text!r}")


def load_bind_host(environ: Mapping[str, str] = os.environ) -> str:
    """The address to listen on: loopback, unless a container asks for all with `0.0.0.0`."""
    return environ.get(BIND_HOST.name) or DEFAULT_BIND_HOST


def load_health_check_path(environ: Mapping[str, str] = os.environ) -> str:
    """The path of the health check; `Settings.problems` names a value that cannot be one."""
    path = environ.get(HEALTH_CHECK_PATH.name, DEFAULT_HEALTH_CHECK_PATH)
    return path if _is_path(path) else DEFAULT_HEALTH_CHECK_PATH


def _is_path(text: str) -> bool:
    return re.fullmatch(r"/[A-Za-z0-9._~!$&'()+;=:@/%-]*", text) is not None


class _Reader:
    """Reads one environment, and collects what is wrong with it."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[Problem] = []

    def settings(self) -> Settings:
        health_check_path = self._health_check_path()
        return Settings(
            health_check_path=health_check_path,
            excluded_paths=self._excluded_paths(health_check_path),
            trust_incoming_trace=self._flag(TRUST_INCOMING_TRACE, default=False),
            xray=self._xray(),
            otel=self._otel(),
            problems=tuple(self._problems),
        )

    def _get(self, variable: Variable) -> str | None:
        return self._environ.get(variable.name) or None

    def _problem(self, message: str, severity: Severity = Severity.ERROR) -> None:
        self._problems.append(Problem(message, severity))

    def _flag(self, variable: Variable, *, default: bool) -> bool:
        text = self._get(variable)
        if text is None:
            return default
        if text.strip().lower() in ("true", "1", "yes", "on"):
            return True
        if text.strip().lower() in ("false", "0", "no", "off"):
            return False
        self._problem(f"`{variable.name}` must be true or false, got: {text!r}; it stays {str(default).lower()}")
        return default

    def _health_check_path(self) -> str:
        path = load_health_check_path(self._environ)
        asked = self._environ.get(HEALTH_CHECK_PATH.name)
        if asked is not None and asked != path:
            self._problem(f"`HEALTH_CHECK_PATH` must be one absolute path, got: {asked!r}; the check is at {path}")
        return path

    def _excluded_paths(self, health_check_path: str) -> re.Pattern[str]:
        default = re.escape(health_check_path) + "$"
        text = self._get(OTEL_PYTHON_FLASK_EXCLUDED_URLS) or ""
        patterns = [part.strip() for part in text.split(",") if part.strip()]
        try:
            return re.compile("|".join(patterns) or default)
        except re.error as error:
            self._problem(
                f"`OTEL_PYTHON_FLASK_EXCLUDED_URLS` must be regular expressions parted by commas, got: {text!r} ({error}); "
                f"only {health_check_path} is excluded"
            )
            return re.compile(default)

    def _xray(self) -> XRaySettings | None:
        if not self._flag(AWS_XRAY_SDK_ENABLED, default=True):
            return None
        address = self._environ.get(AWS_XRAY_DAEMON_ADDRESS.name, DEFAULT_DAEMON_ADDRESS)
        if not _is_daemon_address(address):
            # the SDK raises on it while it is being imported
            self._problem(
                "`AWS_XRAY_DAEMON_ADDRESS` must be host:port, or tcp:host:port udp:host:port, "
                f"got: {address!r}; nothing is sent to X-Ray"
            )
            return None
        dynamic_naming = self._get(AWS_XRAY_URL)
        if dynamic_naming is not None:
            self._problem(
                f"`AWS_XRAY_URL` is set to {dynamic_naming!r}: segments whose host matches it are named after the host, so "
                "neither the sampling rule nor the group of this service selects them; unset it to get both back",
                Severity.WARNING,
            )
        return XRaySettings(
            service_name=self._get(AWS_XRAY_TRACING_NAME) or self._service_name(),
            daemon_address=address,
            dynamic_naming=dynamic_naming,
            on_ecs=self._get(ECS_CONTAINER_METADATA_URI_V4) is not None,
        )

    def _service_name(self) -> str:
        return self._get(OTEL_SERVICE_NAME) or DEFAULT_SERVICE_NAME

    def _otel(self) -> OtelSettings | None:
        headers = self._headers()
        if self._flag(OTEL_SDK_DISABLED, default=False):
            return None
        exporters = self._exporters()
        if "otlp" in exporters and not headers and not self._get(HONEYCOMB_API_KEY):
            self._problem(
                "no spans are sent to Honeycomb: `HONEYCOMB_API_KEY` is not set; traces go to X-Ray only", Severity.WARNING
            )
        send = "otlp" in exporters and bool(headers)
        if not send and "console" not in exporters:
            return None
        has_endpoint = self._get(OTEL_EXPORTER_OTLP_ENDPOINT) or self._get(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
        return OtelSettings(
            default_service_name=DEFAULT_SERVICE_NAME,
            export_to_console="console" in exporters,
            headers=headers if send else None,
            endpoint=None if has_endpoint else f"{HONEYCOMB_ENDPOINT}/v1/traces",
            keep_one_in=self._keep_one_in(),
        )

    def _exporters(self) -> set[str]:
        text = self._get(OTEL_TRACES_EXPORTER) or "otlp"
        names = {name.strip() for name in text.split(",") if name.strip()}
        unknown = names - {"otlp", "console", "none"}
        if unknown:
            self._problem(f"`OTEL_TRACES_EXPORTER` takes otlp, console and none, got: {text!r}; otlp is used")
            return {"otlp"}
        return names

    def _headers(self) -> dict[str, str]:
        general = self._environ.pop(OTEL_EXPORTER_OTLP_HEADERS.name, "")
        for_traces = self._environ.pop(OTEL_EXPORTER_OTLP_TRACES_HEADERS.name, "")
        variable, text = (
            (OTEL_EXPORTER_OTLP_TRACES_HEADERS, for_traces) if for_traces else (OTEL_EXPORTER_OTLP_HEADERS, general)
        )
        given = self._parse_headers(variable, text)
        if HONEYCOMB_TEAM_HEADER in given:
            return given
        return self._team_header() | given

    def _parse_headers(self, variable: Variable, text: str) -> dict[str, str]:
        headers, malformed = parse_headers(text)
        if malformed:
            self._problem(
                f"`{variable.name}` must be name=value pairs parted by commas, in characters that a header may carry; "
                f"{malformed} of its entries are not, and are left out (not shown, since they may hold a key)"
            )
        return headers

    def _team_header(self) -> dict[str, str]:
        key = (self._get(HONEYCOMB_API_KEY) or "").strip(" ")
        if not key:
            return {}
        if is_sendable_key(key):
            return {HONEYCOMB_TEAM_HEADER: key}
        self._problem(
            "`HONEYCOMB_API_KEY` must hold only visible ASCII characters, since it becomes a header, and it holds others "
            "(often a line break at its end); its value is not shown"
        )
        return {}

    def _keep_one_in(self) -> int:
        name = (self._get(OTEL_TRACES_SAMPLER) or "always_on").strip().lower()
        if name not in _SAMPLERS:
            self._problem(f"`OTEL_TRACES_SAMPLER` must be one of {', '.join(_SAMPLERS)}, got: {name!r}; every trace is kept")
            return 1
        if name.endswith("always_off"):
            return 0
        return self._one_in_for_ratio() if name.endswith("traceidratio") else 1

    def _one_in_for_ratio(self) -> int:
        text = self._get(OTEL_TRACES_SAMPLER_ARG) or "1.0"
        try:
            ratio = float(text)
        except ValueError:
            ratio = -1.0
        if not 0 <= ratio <= 1:
            self._problem(f"`OTEL_TRACES_SAMPLER_ARG` must be a number from 0 to 1, got: {text!r}; every trace is kept")
            return 1
        if ratio == 0:
            return 0
        one_in = round(1 / ratio)
        if abs(one_in * ratio - 1) > 0.001:
            self._problem(
                f"`OTEL_TRACES_SAMPLER_ARG` is {text}: one trace in {one_in} is kept, since SampleRate is a whole number",
                Severity.WARNING,
            )
        return one_in


def _is_daemon_address(text: str) -> bool:
    match = _DAEMON_ADDRESS.fullmatch(text)
    return match is not None and all(1 <= int(port) <= 65_535 for port in match.groups() if port)
