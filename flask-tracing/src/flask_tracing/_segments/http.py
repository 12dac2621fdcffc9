"""The `http` block of a document: request and response, of a server or a client."""

from typing import Any

from opentelemetry.trace import SpanKind

Document = dict[str, Any]


def http_of(kind: SpanKind, rest: dict[str, Any]) -> Document | None:
    """Returns the block, or `None` if it is empty, and removes the attributes that it uses from `rest`."""
    request = _request(kind, rest)
    response: Document = {}
    status = _first(rest, "http.status_code", "http.response.status_code")
    if status is not None:
        response["status"] = status
    length = _first(rest, "http.response_content_length", "http.response.body.size")
    if length is not None:
        response["content_length"] = length
    found = {name: part for name, part in (("request", request), ("response", response)) if part}
    return found or None


def flags_of_status(status: Any) -> Document:
    """Returns the flags for a status: X-Ray colours a node by them."""
    if not isinstance(status, int) or status < 400:
        return {}
    if status >= 500:
        return {"fault": True}
    return {"error": True, "throttle": True} if status == 429 else {"error": True}


def _request(kind: SpanKind, rest: dict[str, Any]) -> Document:
    request: Document = {}
    method = _first(rest, "http.method", "http.request.method")
    if method is None and "http.url" not in rest and "url.full" not in rest:
        return request
    if method is not None:
        request["method"] = method
    url = _url(rest)
    if url:
        request["url"] = url
    agent = _first(rest, "http.user_agent", "user_agent.original")
    if agent is not None:
        request["user_agent"] = agent
    if kind is SpanKind.SERVER:
        peer = _first(rest, "net.peer.ip", "net.sock.peer.addr", "network.peer.address")
        client = _first(rest, "http.client_ip", "client.address")
        if client or peer:
            request["client_ip"] = client or peer
        if client and client != peer:
            request["x_forwarded_for"] = True
    return request


def _url(rest: dict[str, Any]) -> str | None:
    url = _first(rest, "http.url", "url.full")
    scheme = _first(rest, "http.scheme", "url.scheme")
    target = _first(rest, "http.target", "url.path")
    host = rest.pop("http.host", None) or rest.get("server.address") or rest.get("net.host.name")
    if url is not None:
        return str(url)
    return f"{scheme or 'http'}://{host}{target or '/'}" if host else target


def _first(rest: dict[str, Any], *names: str) -> Any:
    """Removes the attributes, and returns the first one that is set."""
    values = [value for value in [rest.pop(name, None) for name in names] if value is not None]
    return values[0] if values else None
