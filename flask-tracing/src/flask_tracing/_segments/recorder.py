"""Makes the X-Ray SDK's `xray_recorder` record spans.

Importing this module imports the SDK, which raises on a malformed daemon address.
"""

import threading
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context as SdkContext
from aws_xray_sdk.core.models.dummy_entities import DummySegment
from aws_xray_sdk.core.models.entity import Entity
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from opentelemetry import context
from opentelemetry.trace import (
    INVALID_SPAN_ID,
    NonRecordingSpan,
    Span,
    SpanContext,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)

from flask_tracing._request.trace_header import int_to_root, new_root, root_to_int
from flask_tracing._sampling.decision import NOT_SAMPLED, XRayDecision
from flask_tracing._sampling.xray_sampling import XRaySampling
from flask_tracing._spans.trace_ids import RequestIdGenerator

#: Blocks of an entity that are merged into those of the document.
_MERGED = ("annotations", "metadata", "aws", "http")
#: Blocks of an entity that replace those of the document.
_REPLACED = ("cause", "sql", "user", "fault", "error", "throttle", "namespace")


def configure_recorder(tracer: Tracer, ids: RequestIdGenerator, sampling: XRaySampling) -> None:
    """Configures the SDK's global recorder to record spans."""
    xray_recorder.configure(
        service=sampling.service_name,
        sampler=sampling,
        context=SpanEntities(tracer, ids),
        # code outside a request, and a health check, have no segment
        context_missing="IGNORE_ERROR",
    )


def merge_entity(document: dict[str, Any], entity: Entity) -> None:
    """Adds what was recorded with `xray_recorder` to the document of a span."""
    told = entity.to_dict()
    for name in _MERGED:
        if told.get(name):
            document[name] = _merge(document.get(name, {}), told[name])
    for name in _REPLACED:
        if told.get(name) and told[name] != "local":
            document[name] = told[name]


def _merge(into: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Merges two levels: metadata has namespaces with keys."""
    both = {name: {**into[name], **told[name]} for name in into.keys() & told if isinstance(into[name], dict)}
    return {**into, **told, **both}


class SpanEntities(SdkContext):  # type: ignore[misc] # published without types
    """The recorder's context, in which the current entity is that of the current span, created on demand.

    A subsegment that the recorder begins is a span; the recorder itself sends nothing.
    """

    def __init__(self, tracer: Tracer, ids: RequestIdGenerator) -> None:
        super().__init__()
        self._tracer = tracer
        self._ids = ids
        self._open = _OpenEntities()

    def get_trace_entity(self) -> Entity | None:
        """Returns the entity of the current span, or a dummy if it is not sampled; acts on `context_missing` without a span."""
        if self._open.entries:
            entity, span, _ = self._open.entries[-1]
            if span is get_current_span():
                return entity
        current = get_current_span().get_span_context()
        if not current.is_valid:
            return self.handle_context_missing()
        decision = current.trace_state
        if not isinstance(decision, XRayDecision) or not decision.sampled:
            dummy = DummySegment()
            # a dummy has an all-zero ID, which would be propagated to other services
            dummy.trace_id = int_to_root(current.trace_id)
            return dummy
        return _entity_of(current, decision)

    def put_segment(self, segment: Segment) -> None:
        """Starts a trace, after the recorder has applied the sampling rules."""
        decision = NOT_SAMPLED
        if segment.sampled:
            decision = XRayDecision(True, rule=segment.aws.get("xray", {}).get("sampling_rule_name"), service=segment.name)
        else:
            segment.trace_id = new_root()
        trace_id = root_to_int(segment.trace_id)
        parent = SpanContext(trace_id, int(segment.parent_id or "0", 16) or INVALID_SPAN_ID, True, trace_state=decision)
        if not parent.is_valid:
            self._ids.expect(trace_id)
        self._start(segment, set_span_in_context(NonRecordingSpan(parent), context.Context()))

    def put_subsegment(self, subsegment: Subsegment) -> None:
        """Starts a child of the current span."""
        self._start(subsegment, context.get_current())

    def end_segment(self, end_time: float | None = None) -> None:
        """Ends the trace that `put_segment` started."""
        self._end(end_time)

    def end_subsegment(self, end_time: float | None = None) -> bool:
        """Ends the innermost span that the recorder started on this thread; `False` keeps the recorder from sending."""
        self._end(end_time)
        return False

    def set_trace_entity(self, trace_entity: Entity) -> None:
        """Makes the span of an entity, from another thread, the current span."""
        span = getattr(trace_entity, "span", None)
        if span is not None:
            self._open.entries = [(trace_entity, span, context.attach(set_span_in_context(span)))]

    def clear_trace_entities(self) -> None:
        """Undoes `set_trace_entity`."""
        for _, _, token in reversed(self._open.entries):
            context.detach(token)
        self._open.entries = []

    def _start(self, entity: Entity, parent: context.Context) -> None:
        span = self._tracer.start_span(entity.name, context=parent)
        started = span.get_span_context()
        if entity.sampled and isinstance(started.trace_state, XRayDecision):
            above = get_current_span(parent).get_span_context().span_id
            entity.id = f"{started.span_id:016x}"
            entity.parent_id = f"{above:016x}" if above else None
            started.trace_state.entities[started.span_id] = entity
        entity.span = span
        self._open.entries.append((entity, span, context.attach(set_span_in_context(span, parent))))

    def _end(self, end_time: float | None) -> None:
        if not self._open.entries:
            return
        entity, span, token = self._open.entries.pop()
        context.detach(token)
        if entity.in_progress and entity.sampled:
            entity.close(end_time)
        _record_failure(span, entity)
        span.end(None if end_time is None else int(end_time * 1e9))


class _OpenEntities(threading.local):
    """The entities of each thread that the recorder has begun and not ended."""

    def __init__(self) -> None:
        self.entries: list[tuple[Entity, Span, Any]] = []


def _entity_of(current: SpanContext, decision: XRayDecision) -> Entity:
    segment = _segment_of(current, decision)
    if current.span_id == decision.segment_id:
        return segment
    entity = decision.entities.get(current.span_id)
    if entity is None:
        entity = decision.entities[current.span_id] = Subsegment("span", "local", segment)
        entity.id = f"{current.span_id:016x}"
        entity.span = NonRecordingSpan(current)
    return entity


def _segment_of(current: SpanContext, decision: XRayDecision) -> Segment:
    segment_id = decision.segment_id or current.span_id
    segment = decision.entities.get(segment_id)
    if segment is None:
        name = decision.service or xray_recorder.service
        segment = decision.entities[segment_id] = Segment(name, f"{segment_id:016x}", int_to_root(current.trace_id))
        segment.span = NonRecordingSpan(
            SpanContext(current.trace_id, segment_id, False, current.trace_flags, trace_state=decision)
        )
    return segment


def _record_failure(span: Span, entity: Entity) -> None:
    cause = entity.cause if isinstance(entity.cause, dict) else {}
    for exception in cause.get("exceptions", ()):
        message = getattr(exception, "message", "")
        span.add_event("exception", {"exception.type": exception.type, "exception.message": message})
        span.set_status(Status(StatusCode.ERROR, f"{exception.type}: {message}"))
