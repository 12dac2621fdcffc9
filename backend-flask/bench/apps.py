"""The three applications that the benchmark compares. They serve the same route with the same work."""

import os

from flask import Flask

from services.home_activities import home_activities

DEFAULT_ROUTE = "/api/activities/home"


def bare() -> Flask:
    """No telemetry."""
    app = Flask(__name__)
    app.add_url_rule(DEFAULT_ROUTE, "data_home", home_activities)
    return app


def ours() -> Flask:
    """This application."""
    from app import create_app

    return create_app()


def off() -> Flask:
    """This application with the tracing turned off."""
    os.environ |= {"OTEL_SDK_DISABLED": "true", "AWS_XRAY_SDK_ENABLED": "false"}
    return ours()


def tutorial() -> Flask:
    """The tutorial's configuration: both SDKs side by side, spans also to the console."""
    from aws_xray_sdk.core import xray_recorder
    from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))
    trace.set_tracer_provider(provider)
    app = bare()
    xray_recorder.configure(service="backend-flask")
    XRayMiddleware(app, xray_recorder)
    FlaskInstrumentor().instrument_app(app)
    RequestsInstrumentor().instrument()
    return app


APPLICATIONS = {"bare": bare, "off": off, "ours": ours, "tutorial": tutorial}
