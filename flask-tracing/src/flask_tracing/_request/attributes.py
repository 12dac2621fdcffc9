"""The attributes of a request's span, with the names of OpenTelemetry's conventions, older or stable."""

import ipaddress
import socket
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from wsgiref.types import WSGIEnvironment

from flask_tracing._settings.settings import SpanSettings

#: RFC 9110, RFC 5789, and QUERY. Other methods are not used as names: a caller can send any number of them.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"})

Attributes = dict[str, Any]


def known_method(method: str) -> str:
    """Returns the method, or `HTTP` for an unknown one, as the name of a span without a route."""
    return method if method in _METHODS else "HTTP"


class RequestAttributes:
    """Collects the attributes, with the names of each convention that is on.

    `http.method` is one of the older names, from before 2023; `http.request.method` is its stable name.
    """

    def __init__(self, settings: SpanSettings) -> None:
        self._old = settings.old_names
        self._stable = settings.stable_names
        self._record_query = settings.record_query

    def of_request(self, environ: WSGIEnvironment) -> Attributes:
        """Returns what is known before the application is called. Texts are cleaned later, when the span ends."""
        peer = environ.get("REMOTE_ADDR")
        trusted = _is_load_balancer(peer)
        client = _client_address(environ) if trusted else None
        scheme = _forwarded_scheme(environ) if trusted else environ.get("wsgi.url_scheme")
        method = environ["REQUEST_METHOD"]
        known = method if method in _METHODS else "_OTHER"
        host = environ.get("HTTP_HOST")
        port = int(environ["SERVER_PORT"]) if environ.get("SERVER_PORT") else None
        target, _, query = _target(environ).partition("?")
        if not self._record_query:
            query = ""
        version = environ.get("SERVER_PROTOCOL", "").removeprefix("HTTP/") or None
        agent = environ.get("HTTP_USER_AGENT")
        found: Attributes = {}
        if self._old:
            found |= {
                "http.method": known,
                "http.server_name": environ.get("SERVER_NAME"),
                "http.scheme": scheme,
                "net.host.name": host,
                "http.host": host,
                "net.host.port": port,
                "http.target": f"{target}?{query}" if query else target,
                "net.peer.ip": peer,
                "net.peer.port": environ.get("REMOTE_PORT"),
                "http.client_ip": client,
                "http.user_agent": agent,
                "http.flavor": version,
            }
        if self._stable:
            found |= {
                "http.request.method": known,
                "http.request.method_original": method if known != method else None,
                "url.scheme": scheme,
                "server.address": host,
                "server.port": port,
                "url.path": target,
                "url.query": query or None,
                "client.address": client or peer,
                "client.port": environ.get("REMOTE_PORT") if client is None else None,
                "network.peer.address": peer,
                "user_agent.original": agent,
                "network.protocol.version": version,
            }
        return {name: value for name, value in found.items() if value is not None}

    def of_response(self, status: int, length: int | None = None) -> Attributes:
        """Returns what is known when the response begins: its status, and the length of its body in bytes."""
        found: Attributes = {}
        if self._old:
            found["http.status_code"] = status
            if length is not None:
                found["http.response_content_length"] = length
        if self._stable:
            found["http.response.status_code"] = status
            if length is not None:
                found["http.response.body.size"] = length
            if status >= 500:
                found["error.type"] = str(status)
        return found


def _target(environ: WSGIEnvironment) -> str:
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if raw.startswith("/"):
        return str(raw)
    query = environ.get("QUERY_STRING", "")
    path = quote(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), encoding="latin-1", safe="/;=,")
    return f"{path}?{query}" if query else path


def _client_address(environ: WSGIEnvironment) -> str | None:
    """Returns the last entry, which the load balancer adds; the client can set those before it."""
    address = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return address if address and is_address(address) else None


def _forwarded_scheme(environ: WSGIEnvironment) -> str | None:
    """Returns the scheme that the client used; the load balancer forwards requests over HTTP."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    return scheme if scheme in ("http", "https") else environ.get("wsgi.url_scheme")


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address. Uses the C library, in a tenth of the time that `ipaddress` takes."""
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        # ValueError: a null byte, or a character that cannot be encoded
        return False
    return True


@lru_cache(maxsize=1_024)
def _is_load_balancer(peer: str | None) -> bool:
    """Whether to trust `X-Forwarded-*` from a peer: not from one with a public address, which has bypassed the load balancer.

    A Unix socket has no address.
    """
    return not peer or not is_address(peer) or not ipaddress.ip_address(peer).is_global
