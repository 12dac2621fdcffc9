"""Removes secrets from spans, and limits their length, for both backends."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Status

from flask_tracing._spans.attributes import attributes_of

#: Marks where a text was truncated.
MARK = "…"

#: Attributes with a URL, or with a path and a query string.
_URLS = frozenset({"http.url", "url.full", "http.target", "http.path", "db.connection_string"})
_STATEMENTS = frozenset({"db.statement", "db.query.text"})
#: Attributes with the parameters of a statement.
_PARAMETERS = frozenset({"db.statement.parameters"})
_PARAMETER = "db.query.parameter."
_QUERY = "url.query"

#: String literals, and numbers outside names, in a SQL statement.
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w$:@?.])\d+(?:\.\d+)?\b")
#: A query string of a URL in a text, such as a message of an HTTP client.
_QUERY_IN_TEXT = re.compile(r"((?:\b\w{1,20}://|url: /)[^\s?'\"]*)\?[^\s'\")]*")
_CREDENTIALS = re.compile(r"(\b\w{1,20}://)[^/?#\s]*@")

_INT64 = range(-(1 << 63), 1 << 63)

#: Types whose values never change.
_PLAIN_TYPES = frozenset({bool, float})


@lru_cache(maxsize=1_024)
def _is_plain(key: str) -> bool:
    """Whether the key can be encoded, and only the length and the characters of its value matter."""
    return (
        key.isascii()
        and key not in _URLS
        and key not in _STATEMENTS
        and key not in _PARAMETERS
        and not key.startswith(_PARAMETER)
        and key != _QUERY
    )


class SpanCleaner:
    """Cleans spans before they are sent.

    Args:
        max_length: length to which texts are truncated; they then end in `MARK`. A stack trace is truncated in the middle.
        record_query: whether query strings of URLs are recorded.
    """

    def __init__(self, max_length: int, *, record_query: bool) -> None:
        self._max = max_length
        self._record_query = record_query

    def clean(self, span: ReadableSpan) -> ReadableSpan:
        """Returns the clean span; the same object if nothing changes."""
        attributes = self._clean_attributes(attributes_of(span))
        events = [self._clean_event(event) for event in span.events] if span.events else None
        name = self.cut(span.name)
        description = span.status.description
        if (
            attributes is None
            and name is span.name
            and not description
            and (events is None or all(new is old for new, old in zip(events, span.events, strict=True)))
        ):
            return span
        return _CleanSpan(
            span,
            name=name,
            attributes=span.attributes if attributes is None else attributes,
            events=span.events if events is None else events,
            status=Status(span.status.status_code, self._clean_error(description)) if description else span.status,
        )

    def cut(self, text: str) -> str:
        """Returns the text, truncated to the limit, in characters that can be encoded."""
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode()
        return text if len(text) <= self._max else text[: max(0, self._max - len(MARK))] + MARK

    def _clean_attributes(self, attributes: Mapping[str, Any]) -> dict[str, Any] | None:
        """Returns the clean attributes, or `None` if nothing changes."""
        changed: dict[str, Any] | None = None
        for key, value in attributes.items():
            if _is_plain(key):
                kind = value.__class__
                if kind is str:
                    if len(value) <= self._max and value.isascii():
                        continue
                elif kind in _PLAIN_TYPES:
                    continue
            clean = self._clean_attribute(key, value)
            if clean is value and key.isascii():
                continue
            if changed is None:
                changed = dict(attributes)
            del changed[key]
            if clean is not None:
                changed[self.cut(key)] = clean
        return changed

    def _clean_attribute(self, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            if value.__class__ is int and value in _INT64:
                return value
            return None if self._is_secret(key) else self._clean_value(value)
        if key in _URLS:
            value = self._clean_url(value)
        elif key in _STATEMENTS:
            value = _LITERAL.sub("?", value)
        elif self._is_secret(key):
            return None
        return value if len(value) <= self._max and value.isascii() else self.cut(value)

    def _is_secret(self, key: str) -> bool:
        return key in _PARAMETERS or key.startswith(_PARAMETER) or (key == _QUERY and not self._record_query)

    def _clean_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.cut(value)
        if isinstance(value, int) and value not in _INT64:
            return str(value)
        if isinstance(value, Mapping):
            entries = {self.cut(str(key)): self._clean_value(item) for key, item in value.items()}
            return value if entries == value else entries
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            items = tuple(self._clean_value(item) for item in value)
            return value if items == value else items
        return value

    def _clean_url(self, url: str) -> str:
        if "@" in url:
            url = _CREDENTIALS.sub(r"\1", url)
        return url if self._record_query else url.partition("?")[0]

    def _clean_event(self, event: Event) -> Event:
        attributes = dict(event.attributes or {})
        for key, value in attributes.items():
            if key == "exception.message" and isinstance(value, str):
                attributes[key] = self._clean_error(value)
            elif key == "exception.stacktrace" and isinstance(value, str):
                attributes[key] = self._without_queries(self._cut_in_the_middle(value))
        attributes = self._clean_attributes(attributes) or attributes
        name = self.cut(event.name)
        if name == event.name and attributes == event.attributes:
            return event
        return Event(name, attributes, event.timestamp)

    def _clean_error(self, text: str) -> str:
        return self._without_queries(self.cut(text))

    def _without_queries(self, text: str) -> str:
        return text if self._record_query else _QUERY_IN_TEXT.sub(r"\1", text)

    def _cut_in_the_middle(self, text: str) -> str:
        if len(text) <= self._max:
            return text
        half = max(0, self._max - len(MARK)) // 2
        return text[:half] + MARK + text[len(text) - half :]


class _CleanSpan(ReadableSpan):
    """A span with some parts replaced. It keeps the counts of what the SDK dropped."""

    def __init__(
        self, span: ReadableSpan, *, name: str, attributes: Mapping[str, Any] | None, events: Sequence[Event], status: Status
    ) -> None:
        super().__init__(
            name=name,
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=attributes,
            events=events,
            links=span.links,
            kind=span.kind,
            status=status,
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )
        self._original = span

    @property
    def dropped_attributes(self) -> int:
        return self._original.dropped_attributes

    @property
    def dropped_events(self) -> int:
        return self._original.dropped_events

    @property
    def dropped_links(self) -> int:
        return self._original.dropped_links
