"""The attributes of a span, as a dictionary."""

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    """A copy. `dict(span.attributes)` and a loop over it run Python code of the SDK for each attribute; `copy` runs it once."""
    attributes: Any = span.attributes
    copied: dict[str, Any] = attributes.copy()
    return copied
