"""Cleans every recorded span when it ends, and sends it to the backends that sample its trace."""

from collections.abc import Sequence
from typing import Protocol

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from flask_tracing._guard import internal_faults
from flask_tracing._sampling.decision import XRayDecision
from flask_tracing._spans.cleaning import SpanCleaner


class SegmentSink(Protocol):
    """Receives the spans of traces that X-Ray samples."""

    def send(self, span: ReadableSpan, decision: XRayDecision) -> None:
        """Sends the span as a segment or subsegment."""


class SpanRecording(SpanProcessor):
    """Sends each ended span to X-Ray, and passes it to the exporters, which send batches."""

    def __init__(self, cleaner: SpanCleaner, segments: SegmentSink | None, exporters: Sequence[SpanProcessor]) -> None:
        self._cleaner = cleaner
        self._segments = segments
        self._exporters = exporters

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Makes the first span that starts with a decision the segment of the others."""
        context = span.get_span_context()
        decision = context.trace_state
        if isinstance(decision, XRayDecision) and decision.sampled and decision.segment_id is None:
            decision.segment_id = context.span_id

    def on_end(self, span: ReadableSpan) -> None:
        with internal_faults:
            span = self._cleaner.clean(span)
            context = span.context
            decision = context.trace_state
            if self._segments is not None and isinstance(decision, XRayDecision) and decision.sampled:
                with internal_faults:
                    self._segments.send(span, decision)
            if context.trace_flags.sampled:
                for exporter in self._exporters:
                    exporter.on_end(span)

    def shutdown(self) -> None:
        for exporter in self._exporters:
            exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        flushed = [exporter.force_flush(timeout_millis) for exporter in self._exporters]
        return all(flushed)
