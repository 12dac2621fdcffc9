"""Converts a span to the document of a segment or subsegment, as OpenTelemetry's collector does for X-Ray.

`docs/segments.md` has the mapping as a table, and each row of it has a test.
"""

import platform
import re
from collections.abc import Mapping
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from flask_tracing._request.server_span import CLIENT_DISCONNECTED
from flask_tracing._request.trace_header import int_to_root
from flask_tracing._sampling.decision import XRayDecision
from flask_tracing._segments.aws import ECS_ORIGIN, aws_of_call, aws_of_service, is_on_ecs
from flask_tracing._segments.cause import exceptions_of
from flask_tracing._segments.database import sql_of
from flask_tracing._segments.http import flags_of_status, http_of
from flask_tracing._segments.names import clean_name, is_aws_call, name_of_call, namespace_of
from flask_tracing._spans.attributes import attributes_of
from flask_tracing._spans.cleaning import MARK

Document = dict[str, Any]

#: Lists the attributes that become annotations, by which X-Ray can search.
ANNOTATIONS_ATTRIBUTE = "aws.xray.annotations"
_NO_ANNOTATION_KEY = re.compile(r"[^A-Za-z0-9_]")
MAX_ANNOTATION = 1_000

#: Attributes of the resource for an annotation of every segment; the first one that is set is used.
_ENVIRONMENT = ("deployment.environment.name", "deployment.environment")


class SegmentDocuments:
    """Creates the documents of a service."""

    def __init__(self, service_name: str, resource: Resource) -> None:
        attributes: Mapping[str, Any] = resource.attributes
        self._name = clean_name(service_name)
        self._aws = aws_of_service(attributes)
        self._service = {
            "runtime": platform.python_implementation(),
            "runtime_version": platform.python_version(),
            **({"version": str(attributes["service.version"])} if attributes.get("service.version") else {}),
        }
        self._origin = ECS_ORIGIN if is_on_ecs(attributes) else None
        environment = next((attributes[name] for name in _ENVIRONMENT if attributes.get(name)), None)
        self._annotations = {"deployment_environment_name": environment} if environment else {}

    def document_of(self, span: ReadableSpan, decision: XRayDecision) -> Document:
        """Returns the document of an ended span."""
        context = span.context
        rest = attributes_of(span)
        document: Document = {
            "trace_id": int_to_root(context.trace_id),
            "id": f"{context.span_id:016x}",
            "start_time": (span.start_time or 0) / 1e9,
            "end_time": (span.end_time or 0) / 1e9,
        }
        if span.parent is not None:
            document["parent_id"] = f"{span.parent.span_id:016x}"
        annotations: Document = {}
        if context.span_id == decision.segment_id:
            self._make_segment(document, span, decision, rest)
            annotations |= self._annotations
        else:
            _make_subsegment(document, span, rest)
        _put_outcome(document, span, rest)
        annotations |= _annotations(rest)
        if annotations:
            document["annotations"] = annotations
        if rest:
            document.setdefault("metadata", {}).setdefault("default", {}).update(rest)
        if span.links:
            document["links"] = [
                {"trace_id": int_to_root(link.context.trace_id), "id": f"{link.context.span_id:016x}"} for link in span.links
            ]
        return document

    def _make_segment(self, document: Document, span: ReadableSpan, decision: XRayDecision, rest: Document) -> None:
        """Adds what only a segment has: the work of this service in the trace."""
        document["name"] = self._name if decision.service is None else clean_name(decision.service)
        document["service"] = self._service
        document["aws"] = self._aws
        if decision.rule is not None:
            document["aws"] = {**self._aws, "xray": {**self._aws["xray"], "sampling_rule_name": decision.rule}}
        if self._origin is not None:
            document["origin"] = self._origin
        user = rest.pop("enduser.id", None) or rest.pop("user.id", None)
        if user:
            document["user"] = str(user)
        _put_http(document, span, rest)
        # a segment is named after the service
        document["metadata"] = {"default": {"span.name": span.name}}


def _make_subsegment(document: Document, span: ReadableSpan, rest: Document) -> None:
    """Adds what only a subsegment has: work in a segment, or a call of another service."""
    document["type"] = "subsegment"
    namespace = namespace_of(span.kind, rest)
    if namespace is None:
        document["name"] = clean_name(span.name)
        _put_http(document, span, rest)
        return
    document["name"] = clean_name(name_of_call(span.name, rest))
    document["namespace"] = namespace
    if is_aws_call(rest):
        document["aws"] = aws_of_call(rest)
    else:
        sql = sql_of(rest)
        if sql is not None:
            document["sql"] = sql
    _put_http(document, span, rest)


def _put_http(document: Document, span: ReadableSpan, rest: Document) -> None:
    http = http_of(span.kind, rest)
    if http is not None:
        document["http"] = http


def _put_outcome(document: Document, span: ReadableSpan, rest: Document) -> None:
    """Adds the flags of the HTTP status, or a fault for any other span that failed; and the cause.

    X-Ray shows a cause only with a flag, so a handled exception is metadata.
    """
    failed = span.status.status_code is StatusCode.ERROR
    flags = flags_of_status(document.get("http", {}).get("response", {}).get("status"))
    if failed and not flags:
        flags = {"error": True} if rest.get("error.type") == CLIENT_DISCONNECTED else {"fault": True}
    document |= flags
    exceptions = exceptions_of(span) if span.events else []
    if not flags:
        if exceptions:
            rest["exceptions.handled"] = [f"{each['type']}: {each.get('message', '')}" for each in exceptions]
        return
    if not exceptions and span.status.description:
        exceptions = [{"id": document["id"], "type": "", "message": span.status.description, "remote": _is_remote(span)}]
    if exceptions:
        document["cause"] = {"exceptions": exceptions}


def _is_remote(span: ReadableSpan) -> bool:
    return span.kind in (SpanKind.CLIENT, SpanKind.PRODUCER)


def _annotations(rest: Document) -> Document:
    """Returns the attributes that `aws.xray.annotations` lists, with keys of letters, digits, and `_`."""
    listed = rest.pop(ANNOTATIONS_ATTRIBUTE, None)
    if listed is None:
        return {}
    found: Document = {}
    for name in (listed,) if isinstance(listed, str) else listed:
        value = rest.pop(name, None)
        if isinstance(value, str) and len(value) > MAX_ANNOTATION:
            value = value[: MAX_ANNOTATION - len(MARK)] + MARK
        if isinstance(value, str | int | float | bool):
            found[_NO_ANNOTATION_KEY.sub("_", name)] = value
    return found
