"""The attributes of a span, as a dictionary."""

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    """Returns a copy. `dict(span.attributes)` and a loop run Python code of the SDK for each attribute; `copy` does so once."""
    attributes: Any = span.attributes
    copied: dict[str, Any] = attributes.copy()
    return copied
