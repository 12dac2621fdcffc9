"""Assembles the tracing once in a process, and adds it to each application."""

import gc
import threading
from collections.abc import Collection

from flask import Flask
from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource

from flask_tracing._request.attributes import RequestAttributes
from flask_tracing._request.middleware import ExcludedPaths, TracingMiddleware
from flask_tracing._request.server_span import ServerSpans
from flask_tracing._sampling.sampler import TraceSampler
from flask_tracing._sampling.xray_rules import CentralSampler
from flask_tracing._sampling.xray_sampling import XRaySampling
from flask_tracing._segments.aws import ECS_ORIGIN
from flask_tracing._segments.document import SegmentDocuments
from flask_tracing._segments.recorder import configure_recorder
from flask_tracing._sending.emitter import DatagramEmitter
from flask_tracing._sending.sender import SegmentSender
from flask_tracing._settings.settings import Settings, XRaySettings
from flask_tracing._spans.cleaning import SpanCleaner
from flask_tracing._spans.instrumentations import load_instrumentations
from flask_tracing._spans.provider import make_exporters, make_provider, make_resource
from flask_tracing._spans.recording import SpanRecording
from flask_tracing._spans.trace_ids import RequestIdGenerator, TraceHeaderPropagator


class Tracing:
    """The tracing of this process. Create it once, after any fork, because it starts threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        ids = RequestIdGenerator()
        resource = make_resource(settings.service_name)
        segments: SegmentSender | None = None
        self._xray: XRaySampling | None = None
        if settings.xray is not None:
            self._xray, segments = _start_xray(settings.xray, resource)
        self._provider = make_provider(resource, TraceSampler(self._xray, settings.spans.keep_one_in), ids)
        cleaner = SpanCleaner(settings.spans.max_text, record_query=settings.spans.record_query)
        self._provider.add_span_processor(SpanRecording(cleaner, segments, make_exporters(settings)))
        tracer = self._provider.get_tracer("flask_tracing")
        self._spans = ServerSpans(tracer, ids, RequestAttributes(settings.spans))
        if self._xray is not None:
            configure_recorder(tracer, ids, self._xray)
        trace.set_tracer_provider(self._provider)
        propagate.set_global_textmap(TraceHeaderPropagator())
        load_instrumentations(self._provider, settings.spans.disabled_instrumentations)

    def instrument(self, app: Flask, exclude: Collection[str]) -> None:
        """Adds the middleware to an application."""
        self._spans.watch(app)
        app.wsgi_app = TracingMiddleware(  # type: ignore[method-assign]
            app.wsgi_app,
            spans=self._spans,
            xray=self._xray,
            excluded=ExcludedPaths(exclude, self._settings.excluded_paths),
            trust_incoming_trace=self._settings.trust_incoming_trace,
        )
        # nearly all of the 87,000 objects that exist now live as long as the process: a full collection that visits them
        # delays every request by tens of milliseconds
        gc.collect()
        gc.freeze()

    def shutdown(self, timeout_seconds: float) -> None:
        """Sends the last spans, for at most `timeout_seconds`: an endpoint that does not answer must not delay the exit."""
        flushing = threading.Thread(target=self._provider.shutdown, name="flush-spans", daemon=True)
        flushing.start()
        flushing.join(timeout_seconds)


def _start_xray(settings: XRaySettings, resource: Resource) -> tuple[XRaySampling, SegmentSender]:
    """Starts to fetch the sampling rules."""
    rules = CentralSampler(settings.daemon_address, ECS_ORIGIN if settings.on_ecs else None)
    rules.start()
    documents = SegmentDocuments(settings.service_name, resource)
    return (
        XRaySampling(rules, settings.service_name, settings.dynamic_naming),
        SegmentSender(documents, DatagramEmitter(settings.daemon_address)),
    )
