"""Sends each ended span to the X-Ray daemon."""

from typing import Protocol

from opentelemetry.sdk.trace import ReadableSpan

from flask_tracing._sampling.decision import XRayDecision
from flask_tracing._segments.document import SegmentDocuments
from flask_tracing._segments.recorder import merge_entity
from flask_tracing._sending.size import encode


class Emitter(Protocol):
    """Sends documents to the daemon."""

    def send(self, document: bytes) -> None:
        """Sends a document, or drops it; never waits, never raises."""


class SegmentSender:
    """Sends a request's span as a segment, and each other span as a subsegment document of its own.

    Spans that end out of order, on other threads, or after the response are therefore kept, and the size of a document does
    not depend on the number of spans.
    """

    def __init__(self, documents: SegmentDocuments, emitter: Emitter) -> None:
        self._documents = documents
        self._emitter = emitter

    def send(self, span: ReadableSpan, decision: XRayDecision) -> None:
        """Sends the document of a span, with what was recorded with `xray_recorder`."""
        document = self._documents.document_of(span, decision)
        entity = decision.entities.pop(span.context.span_id, None)
        if entity is not None:
            merge_entity(document, entity)
        self._emitter.send(encode(document))
