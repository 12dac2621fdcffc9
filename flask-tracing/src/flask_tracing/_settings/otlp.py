"""Where batches of spans go, and with which headers. The Honeycomb key goes to Honeycomb's hosts over TLS, and nowhere else."""

import re

from flask_tracing._settings import variables
from flask_tracing._settings.environment import Environment
from flask_tracing._settings.otlp_headers import HONEYCOMB_TEAM_HEADER, is_sendable_key, parse_headers
from flask_tracing._settings.settings import OtlpSettings, Severity
from flask_tracing._settings.variables import Variable

HONEYCOMB_ENDPOINT = "https://api.honeycomb.io"
_TRACES_PATH = "/v1/traces"

#: A value of `HONEYCOMB_API_KEY` for an environment that holds the variable before there is a key.
NO_KEY = "not-stored"

#: Strict, since HTTP clients do not agree on the host of a URL with a backslash or an at sign in it.
_ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?(?:/[^\s\\?#]*)?", re.ASCII
)
_HONEYCOMB_HOST = re.compile(r"(?:.+\.)?honeycomb\.io", re.ASCII | re.IGNORECASE)


def read_otlp(environment: Environment) -> OtlpSettings | None:
    """What the exporter is told; `None` if nothing can be sent.

    The variables with headers are taken out of the environment: the library's exporter would parse them again, and prints the
    whole value, key included, when it cannot.
    """
    given = _given_headers(environment)
    variable, endpoint = _endpoint(environment)
    url = _ENDPOINT.fullmatch(endpoint)
    if url is None:
        environment.complain(
            f"`{variable.name}` must be http:// or https://, a host and perhaps a port and a path, and is not "
            "(not shown, since it may hold a password); no spans are sent"
        )
        return None
    if not _HONEYCOMB_HOST.fullmatch(url["host"]):
        return OtlpSettings(endpoint, url["host"], _without_key(environment, variable, url["host"]) | given)
    return _to_honeycomb(environment, variable, url, given)


def _to_honeycomb(
    environment: Environment, variable: Variable, url: re.Match[str], given: dict[str, str]
) -> OtlpSettings | None:
    if HONEYCOMB_TEAM_HEADER in given:
        return OtlpSettings(url[0], url["host"], given)
    if url["scheme"] != "https":
        environment.complain(f"`{variable.name}` must begin with https:// to take the key to Honeycomb; no spans are sent")
        return None
    key = (environment.get(variables.HONEYCOMB_API_KEY) or "").strip(" ")
    if key in {"", NO_KEY}:
        state = "is not set" if not key else f"is `{NO_KEY}`, which means no key: store one and start the application again"
        environment.complain(
            f"no spans are sent to Honeycomb: `HONEYCOMB_API_KEY` {state}; traces go to X-Ray only", Severity.WARNING
        )
        return None
    if not is_sendable_key(key):
        environment.complain(
            "`HONEYCOMB_API_KEY` must hold only visible ASCII characters, since it becomes a header, and it holds others "
            "(often a line break at its end); its value is not shown, and no spans are sent to Honeycomb"
        )
        return None
    return OtlpSettings(url[0], url["host"], {HONEYCOMB_TEAM_HEADER: key} | given)


def _without_key(environment: Environment, variable: Variable, host: str) -> dict[str, str]:
    """No headers, and a line if there is a key that is not sent."""
    if environment.get(variables.HONEYCOMB_API_KEY) not in {None, NO_KEY}:
        environment.complain(
            f"`HONEYCOMB_API_KEY` is not sent to {host}, which `{variable.name}` names and which is not Honeycomb's; "
            "set `OTEL_EXPORTER_OTLP_HEADERS` to send headers there",
            Severity.WARNING,
        )
    return {}


def _endpoint(environment: Environment) -> tuple[Variable, str]:
    whole = environment.get(variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
    if whole is not None:
        return variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, whole
    base = environment.get(variables.OTEL_EXPORTER_OTLP_ENDPOINT) or HONEYCOMB_ENDPOINT
    return variables.OTEL_EXPORTER_OTLP_ENDPOINT, base.rstrip("/") + _TRACES_PATH


def _given_headers(environment: Environment) -> dict[str, str]:
    general = environment.take(variables.OTEL_EXPORTER_OTLP_HEADERS)
    for_traces = environment.take(variables.OTEL_EXPORTER_OTLP_TRACES_HEADERS)
    variable = variables.OTEL_EXPORTER_OTLP_TRACES_HEADERS if for_traces else variables.OTEL_EXPORTER_OTLP_HEADERS
    headers, malformed = parse_headers(for_traces or general)
    if malformed:
        environment.complain(
            f"`{variable.name}` must be comma-separated name=value pairs, in characters that a header may carry; "
            f"{malformed} of its entries are not, and are left out (not shown, since they may hold a key)"
        )
    return headers
