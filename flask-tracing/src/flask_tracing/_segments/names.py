"""The name of a segment or subsegment, and its namespace."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.trace import SpanKind

MAX_NAME = 200

#: What X-Ray removes from a name, so that neither rules nor filters match the name as given.
_NOT_KEPT = re.compile(r"[^\w .:/%&#=+\\\-@]")
_WHITESPACE = re.compile(r"\s")

_REMOTE_KINDS = frozenset({SpanKind.CLIENT, SpanKind.PRODUCER})


@lru_cache(maxsize=1_024)
def clean_name(text: str) -> str:
    """Returns the characters that X-Ray keeps: letters, digits, spaces, and `_ . : / % & # = + \\ - @`, at most 200."""
    name = _NOT_KEPT.sub("", _WHITESPACE.sub(" ", text))[:MAX_NAME]
    return name if name.strip() else "unnamed"


def is_aws_call(attributes: dict[str, Any]) -> bool:
    """Whether the span is a call of an AWS SDK."""
    return attributes.get("rpc.system") == "aws-api" or attributes.get("rpc.system.name") == "aws-api"


def namespace_of(kind: SpanKind, attributes: dict[str, Any]) -> str | None:
    """Returns `aws` for a call of an AWS SDK, `remote` for any other call, `None` for work in this process."""
    if kind not in _REMOTE_KINDS:
        return None
    return "aws" if is_aws_call(attributes) else "remote"


def name_of_call(name: str, attributes: dict[str, Any]) -> str:
    """Returns what a remote call calls, which is the node in X-Ray's service map."""
    get = attributes.get
    if is_aws_call(attributes):
        return str(get("aws.service") or get("rpc.service") or name)
    called = get("peer.service") or _database(attributes) or get("rpc.service") or _host(attributes)
    return str(called or get("messaging.destination.name") or get("messaging.destination") or name)


def _database(attributes: dict[str, Any]) -> str | None:
    """Returns `database@host`, or the part of it that is known."""
    get = attributes.get
    system = get("db.system") or get("db.system.name")
    if system is None:
        return None
    host = _host(attributes)
    database = get("db.name") or get("db.namespace") or system
    return f"{database}@{host}" if host else str(database)


def _host(attributes: dict[str, Any]) -> str | None:
    get = attributes.get
    host = get("server.address") or get("net.peer.name") or get("http.host")
    if host is None:
        url = get("http.url") or get("url.full")
        host = urlsplit(url).hostname if isinstance(url, str) else None
    return str(host) if host else None
