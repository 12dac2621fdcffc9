"""A job, a script, a consumer of a queue: a root span outside of a request is a trace in both backends, by the same rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from support.honeycomb import OtlpDouble, otlp_double
from support.service import evaluate
from support.waiting import eventually
from support.xray import EVERYTHING, NOTHING, XRayDouble, daemon_double, sampling_rule

JOB = """
import threading
import time
from flask import Flask
from flask_tracing import instrument
import flask_tracing
from opentelemetry import propagate, trace
from aws_xray_sdk.core import xray_recorder

instrument(Flask("job"))
while flask_tracing._tracing._xray._rules._rules.last_updated is None:
    time.sleep(0.01)
tracer = trace.get_tracer("job")
with tracer.start_as_current_span("clean-up") as span:
    with tracer.start_as_current_span("step"):
        pass
    thread = threading.Thread(target=lambda: tracer.start_span("on-a-thread").end())
    thread.start()
    thread.join()
with xray_recorder.in_segment("by-recorder") as segment:
    segment.put_annotation("kind", "nightly")
    with xray_recorder.in_subsegment("recorded-step"):
        pass
for sampled in (0, 1):
    header = f"Root=1-{int(time.time()):08x}-bd862e3fe1be46a99427279{sampled};Parent=53995c3f42cd8ad8;Sampled={sampled}"
    with tracer.start_as_current_span("consume", context=propagate.extract({"X-Amzn-Trace-Id": header})):
        pass
"""


@contextmanager
def job(*rules: dict[str, Any]) -> Iterator[tuple[XRayDouble, OtlpDouble]]:
    """Runs the job, which ends without a word: what is left is sent at exit."""
    with daemon_double() as xray, otlp_double() as honeycomb:
        xray.rules = list(rules)
        evaluate(JOB, AWS_XRAY_DAEMON_ADDRESS=xray.address, OTEL_SERVICE_NAME="jobs", **honeycomb.environment)
        yield xray, honeycomb


def name_of_span(segment: dict[str, Any]) -> str:
    """The name of the span that a segment was made of."""
    name: str = segment["metadata"]["default"]["span.name"]
    return name


def test_a_root_span_is_a_trace_in_both() -> None:
    with job(sampling_rule(**EVERYTHING)) as (xray, honeycomb):
        documents = eventually(lambda: list(xray.documents) if len(xray.documents) >= 6 else [], "the documents")
        in_xray = {document["id"]: document.get("parent_id", "") for document in documents}
        [left_out] = [span for span in honeycomb.spans if span.span_id not in in_xray]
        assert in_xray == {span.span_id: span.parent_id for span in honeycomb.spans if span is not left_out}
        names = {document["name"] for document in documents}

    assert left_out.name == "consume"
    assert [name_of_span(document) for document in documents if document["name"] == "jobs"] == ["clean-up", "consume"]
    assert names == {"jobs", "step", "on-a-thread", "by-recorder", "recorded-step"}
    [recorded] = [document for document in documents if document["name"] == "by-recorder"]
    assert recorded["annotations"] == {"kind": "nightly"}


def test_a_rule_that_records_nothing_leaves_it_to_the_other_backend() -> None:
    with job(sampling_rule(**NOTHING)) as (xray, honeycomb):
        assert len(honeycomb.spans) == 7
        # whoever sent the message has decided about its trace
        assert [name_of_span(document) for document in xray.documents] == ["consume"]
        assert xray.documents[0]["parent_id"] == "53995c3f42cd8ad8"


def test_a_rule_for_a_path_does_not_decide_about_work_without_one() -> None:
    health = sampling_rule("health", Priority=1, URLPath="/health", **NOTHING)
    with job(health, sampling_rule(**EVERYTHING)) as (xray, _honeycomb):
        segments = eventually(lambda: xray.segments if len(xray.segments) == 3 else [], "the segments")

    assert [segment["aws"]["xray"].get("sampling_rule_name") for segment in segments] == ["Cruddur", "Cruddur", None]


@pytest.mark.parametrize("service", ["jobs", "*"])
def test_a_rule_selects_by_the_services_name(service: str) -> None:
    with job(sampling_rule("ours", ServiceName=service, **EVERYTHING)) as (xray, _honeycomb):
        eventually(lambda: [document for document in xray.documents if document["name"] == "jobs"], "the segment")
