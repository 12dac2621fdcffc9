"""Reads where batches of spans are sent, and their headers. The Honeycomb key is sent only to Honeycomb's hosts, over TLS."""

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

#: Strict, because HTTP clients disagree about the host of a URL that contains a backslash or an at sign.
_ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?(?:/[^\s\\?#]*)?", re.ASCII
)
_HONEYCOMB_HOST = re.compile(r"(?:.+\.)?honeycomb\.io", re.ASCII | re.IGNORECASE)


def read_otlp(environment: Environment) -> OtlpSettings | None:
    """Returns the exporter's settings, or `None` if nothing can be sent.

    Removes the variables with headers from the environment: the library's exporter would parse them again, and logs the
    complete value, including the key, if it is malformed.
    """
    given = _given_headers(environment)
    variable, endpoint = _endpoint(environment)
    url = _ENDPOINT.fullmatch(endpoint)
    if url is None:
        environment.report(
            f"`{variable.name}` must be http:// or https://, a host, and optionally a port and a path "
            "(the value is not shown, since it may hold a password); no spans are sent"
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
        environment.report(f"`{variable.name}` must begin with https://: the key is sent only over TLS; no spans are sent")
        return None
    key = (environment.get(variables.HONEYCOMB_API_KEY) or "").strip(" ")
    if key in {"", NO_KEY}:
        state = "is not set" if not key else f"is `{NO_KEY}`, which means no key: store one and restart the application"
        environment.report(
            f"no spans are sent to Honeycomb: `HONEYCOMB_API_KEY` {state}; traces go to X-Ray only", Severity.WARNING
        )
        return None
    if not is_sendable_key(key):
        environment.report(
            "`HONEYCOMB_API_KEY` must consist of visible ASCII characters, since it is sent as a header, and has others "
            "(often a line break at its end); the value is not shown, and no spans are sent to Honeycomb"
        )
        return None
    return OtlpSettings(url[0], url["host"], {HONEYCOMB_TEAM_HEADER: key} | given)


def _without_key(environment: Environment, variable: Variable, host: str) -> dict[str, str]:
    """Returns no headers, and reports a key that is not sent."""
    if environment.get(variables.HONEYCOMB_API_KEY) not in {None, NO_KEY}:
        environment.report(
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
        environment.report(
            f"`{variable.name}` must be comma-separated name=value pairs, in characters that a header can carry; "
            f"{malformed} of its entries are not, and are skipped (they are not shown, since they may hold a key)"
        )
    return headers
