"""Limits a document to the 64 KB that X-Ray accepts."""

import json
from typing import Any

from flask_tracing._spans.cleaning import MARK

Document = dict[str, Any]

#: Less than the 64 KB of X-Ray, and than the 65,507 bytes of a datagram, which also has a header line.
MAX_BYTES = 63_000

#: Lengths to which texts and lists are truncated, one step after the other, until the document fits.
_STEPS = ((2_000, 64), (500, 32), (100, 8))

#: What remains of a document that does not fit after the last step.
_ESSENTIAL = (
    "trace_id",
    "id",
    "parent_id",
    "type",
    "name",
    "namespace",
    "start_time",
    "end_time",
    "origin",
    "fault",
    "error",
    "throttle",
    "aws",
    "http",
    "service",
)


#: Created once: `json.dumps` creates an encoder for each call with arguments.
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=str).encode


def encode(document: Document) -> bytes:
    """Returns the document as JSON, truncated if necessary; truncated texts and lists end in a mark."""
    data = _json(document)
    if len(data) <= MAX_BYTES:
        return data
    for texts, items in _STEPS:
        document = _cut(document, texts, items)
        data = _json(document)
        if len(data) <= MAX_BYTES:
            return data
    rest = {name: document[name] for name in _ESSENTIAL if name in document}
    return _json({**rest, "metadata": {"default": {"flask_tracing.dropped": MARK}}})


def _json(document: Document) -> bytes:
    try:
        return _encode(document).encode()
    except ValueError:
        # NaN or infinity, which JSON does not have: X-Ray would reject the document
        return json.dumps(_without_nan(document), separators=(",", ":"), default=str).encode()


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not -1e308 <= value <= 1e308:
        return str(value)
    return value


def _cut(value: Any, texts: int, items: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= texts else value[: texts - len(MARK)] + MARK
    if isinstance(value, dict):
        kept = list(value.items())
        return {_cut(key, texts, items): _cut(item, texts, items) for key, item in kept}
    if isinstance(value, list | tuple):
        return [_cut(item, texts, items) for item in value[:items]] + [MARK] * (len(value) > items)
    return value
