"""Encodes batches of spans in OTLP's protobuf format.

The library's encoder builds a message object for each attribute, which takes most of the time of an exported span. This one
writes the bytes. Spans with rare features (links, attributes that are lists, dropped items) are left to the library; a test
decodes all of it with the official classes.
"""

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import SpanKind, Status

from flask_tracing._spans.attributes import attributes_of

_KINDS = {
    SpanKind.INTERNAL: 1,
    SpanKind.SERVER: 2,
    SpanKind.CLIENT: 3,
    SpanKind.PRODUCER: 4,
    SpanKind.CONSUMER: 5,
}

#: Flags: whether the parent is remote is known; and whether it is.
_LOCAL_PARENT = struct.pack("<I", 0x100)
_REMOTE_PARENT = struct.pack("<I", 0x300)

#: Attributes with few distinct values: the encoding of a short one is cached.
_REPEATED = frozenset(
    {
        "http.method",
        "http.server_name",
        "http.scheme",
        "http.host",
        "http.target",
        "http.flavor",
        "http.route",
        "net.host.name",
        "net.peer.ip",
        "http.request.method",
        "url.scheme",
        "url.path",
        "server.address",
        "network.peer.address",
        "network.protocol.version",
        "db.system",
        "db.name",
        "rpc.system",
        "rpc.service",
    }
)
_SHORT = 64

_fixed64 = struct.Struct("<Q").pack
_double = struct.Struct("<d").pack


def encode_batch(spans: Sequence[ReadableSpan]) -> bytes:
    """Returns an `ExportTraceServiceRequest`."""
    scopes: dict[tuple[int, int], list[ReadableSpan]] = {}
    for span in spans:
        scopes.setdefault((id(span.resource), id(span.instrumentation_scope)), []).append(span)
    return b"".join(_field(1, _resource_spans(of_scope)) for of_scope in scopes.values())


def _resource_spans(spans: Sequence[ReadableSpan]) -> bytes:
    """Returns the `ResourceSpans` of spans with the same resource and scope."""
    # the library encodes the resource and the scope, of an empty span
    of = ReadableSpan("", spans[0].context, resource=spans[0].resource, instrumentation_scope=spans[0].instrumentation_scope)
    [shared] = encode_spans([of]).resource_spans
    [scope] = shared.scope_spans
    scoped = [
        _field(1, scope.scope.SerializeToString()),
        *(_field(2, _span(span)) for span in spans),
        _text_field(3, scope.schema_url),
    ]
    return b"".join(
        [
            _field(1, shared.resource.SerializeToString()),
            _field(2, b"".join(scoped)),
            _text_field(3, shared.schema_url),
        ]
    )


def _span(span: ReadableSpan) -> bytes:
    try:
        return _lean_span(span)
    except _NotLeanError:
        [message] = encode_spans([span]).resource_spans[0].scope_spans[0].spans
        return bytes(message.SerializeToString())


class _NotLeanError(Exception):
    """A span has something that is left to the library."""


def _lean_span(span: ReadableSpan) -> bytes:
    context, parent = span.context, span.parent
    if span.links or span.dropped_attributes or span.dropped_events or span.dropped_links:
        raise _NotLeanError
    parts = [
        b"\x0a\x10" + context.trace_id.to_bytes(16, "big"),
        b"\x12\x08" + context.span_id.to_bytes(8, "big"),
        b"" if parent is None else b"\x22\x08" + parent.span_id.to_bytes(8, "big"),
        _text_field(5, span.name),
        b"\x30" + bytes((_KINDS[span.kind],)),
        b"\x39" + _fixed64(span.start_time or 0),
        b"\x41" + _fixed64(span.end_time or 0),
        _attributes(9, attributes_of(span)),
        *[_field(11, _event(event)) for event in span.events],
        _field(15, _status(span.status)),
        b"\x85\x01" + (_REMOTE_PARENT if parent is not None and parent.is_remote else _LOCAL_PARENT),
    ]
    return b"".join(parts)


def _event(event: Event) -> bytes:
    if event.dropped_attributes:
        raise _NotLeanError
    return b"\x09" + _fixed64(event.timestamp) + _text_field(2, event.name) + _attributes(3, event.attributes)


def _status(status: Status) -> bytes:
    code = b"\x18" + bytes((status.status_code.value,)) if status.status_code.value else b""
    return _text_field(2, status.description or "") + code


def _attributes(number: int, attributes: Mapping[str, Any] | None) -> bytes:
    if not attributes:
        return b""
    parts: list[bytes] = []
    for key, value in attributes.items():
        kind = value.__class__
        # most integers have few distinct values, such as a status or a port
        if kind is int or (kind is str and key in _REPEATED and len(value) <= _SHORT):
            parts.append(_repeated(number, key, value))
        else:
            parts.append(_attribute(number, key, value))
    return b"".join(parts)


def _attribute(number: int, key: str, value: Any) -> bytes:
    """Returns a `KeyValue`, with its tag and length."""
    encoded = _key(key) + _value(value)
    return _tag(number) + _varint(len(encoded)) + encoded


_repeated = lru_cache(maxsize=1_024)(_attribute)


@lru_cache(maxsize=1_024)
def _key(key: str) -> bytes:
    return _text_field(1, key)


def _value(value: Any) -> bytes:
    """Returns the `value` of a `KeyValue`: an `AnyValue`, with its tag and length."""
    kind = value.__class__
    if kind is str:
        data = value.encode()
        size = len(data)
        # an empty text is not the same as no value
        if size < len(_TEXT_HEADS):
            return _TEXT_HEADS[size] + bytes(data)
        data = b"\x0a" + _varint(size) + data
    elif kind is bool:
        data = b"\x10\x01" if value else b"\x10\x00"
    elif kind is int:
        data = b"\x18" + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    elif kind is float:
        data = b"\x21" + _double(value)
    else:
        raise _NotLeanError
    return b"\x12" + _varint(len(data)) + bytes(data)


def _text_field(number: int, text: str) -> bytes:
    return _field(number, text.encode()) if text else b""


def _field(number: int, data: bytes) -> bytes:
    """Returns a field of a wire type with a length."""
    return _tag(number) + _varint(len(data)) + data


@lru_cache(maxsize=32)
def _tag(number: int) -> bytes:
    return _varint(number << 3 | 2)


def _varint(value: int) -> bytes:
    if value < 0x80:
        return _SMALL[value]
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


_SMALL = [bytes((value,)) for value in range(0x80)]
#: What precedes a text if both lengths have one byte.
_TEXT_HEADS = [b"\x12" + _SMALL[size + 2] + b"\x0a" + _SMALL[size] for size in range(0x7E)]
