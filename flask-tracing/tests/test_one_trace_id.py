"""One request, one trace id, in both backends, in the log and in the response."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

from conftest import Stack, wait_for_rules

from support.echo import echo_service
from support.service import Answer, running
from support.waiting import eventually
from support.xray import NOTHING, daemon_double

#: OpenTelemetry's number for a span that calls another service.
CLIENT = 3


def test_a_request_has_the_same_trace_id_in_both_backends_and_in_the_response(stack: Stack) -> None:
    answer = stack.backend.get()

    [segment] = eventually(lambda: stack.xray.segments_of(answer.root), "the segment")
    spans = eventually(lambda: stack.honeycomb.spans_of(answer.root), "the spans")
    assert segment["name"] == "test-service"
    assert {span.name for span in spans} == {"GET /home", "load-home"}


def test_a_request_that_xray_does_not_sample_has_a_trace_id_in_honeycomb_and_in_the_response(unsampled_stack: Stack) -> None:
    answer = unsampled_stack.backend.get()

    assert eventually(lambda: unsampled_stack.honeycomb.spans_of(answer.root), "the spans")
    assert unsampled_stack.xray.segments_of(answer.root) == []


def test_concurrent_requests_each_keep_their_own_trace_id(stack: Stack) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: stack.backend.get(), range(120)))

    roots = [answer.root for answer in answers]
    assert len(set(roots)) == 120
    for root in roots:
        assert len(eventually(lambda root=root: stack.xray.segments_of(root), "the segment")) == 1  # type: ignore[misc]
        eventually(lambda root=root: len(stack.honeycomb.spans_of(root)) == 2, "both spans")  # type: ignore[misc]


def test_a_log_line_carries_the_trace_id_in_xrays_form(stack: Stack) -> None:
    answer = stack.backend.get("/log")

    [line] = eventually(lambda: [line for line in stack.backend.log_of("application") if line["trace_id"] == answer.root])
    assert line["message"] == "here"


def test_the_trace_id_is_exposed_to_cross_origin_scripts(stack: Stack) -> None:
    assert stack.backend.get().headers["access-control-expose-headers"] == "X-Amzn-Trace-Id"


def test_a_service_that_is_called_gets_the_trace_with_a_parent_that_both_backends_know(stack: Stack) -> None:
    with echo_service() as service:
        answer = stack.backend.get(f"/call?url={service}")

    [segment] = eventually(lambda: stack.xray.segments_of(answer.root), "the segment")
    [subsegment] = [document for document in stack.xray.documents_of(answer.root) if document.get("type") == "subsegment"]
    [span] = eventually(lambda: [span for span in stack.honeycomb.spans_of(answer.root) if span.kind == CLIENT], "the span")
    assert (subsegment["name"], subsegment["namespace"]) == ("127.0.0.1", "remote")
    assert subsegment["parent_id"] == segment["id"] == span.parent_id
    assert span.span_id == subsegment["id"]
    assert header_sent_by(answer) == f"Root={answer.root};Parent={span.span_id};Sampled=1"


def test_a_service_that_is_called_learns_xrays_decision_and_not_opentelemetrys(unsampled_stack: Stack) -> None:
    with echo_service() as service:
        answer = unsampled_stack.backend.get(f"/call?url={service}")

    spans = eventually(lambda: unsampled_stack.honeycomb.spans_of(answer.root), "the spans")
    [span] = [span for span in spans if span.kind == CLIENT]
    assert header_sent_by(answer) == f"Root={answer.root};Parent={span.span_id};Sampled=0"


def test_without_opentelemetry_too_a_service_that_is_called_gets_the_trace_id_of_a_request_that_is_not_sampled() -> None:
    with daemon_double(NOTHING) as xray, echo_service() as service:
        with running(AWS_XRAY_DAEMON_ADDRESS=xray.address, OTEL_SDK_DISABLED="true") as backend:
            wait_for_rules(backend, sampled=False)
            answer = backend.get(f"/call?url={service}")

    root, parent, sampled = header_sent_by(answer).split(";")
    assert (root, sampled) == (f"Root={answer.root}", "Sampled=0")
    assert re.fullmatch("Parent=[0-9a-f]{16}", parent)


def header_sent_by(answer: Answer) -> str:
    """The tracing header that the called service got."""
    header: str = json.loads(answer.json["body"])["x-amzn-trace-id"]
    return header
