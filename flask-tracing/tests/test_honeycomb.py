"""What Honeycomb gets."""

import re
import time

import pytest
from conftest import Stack

from support.honeycomb import HANG, honeycomb_double, otlp_double
from support.metadata import TASK_ARN, ecs_metadata
from support.service import running
from support.waiting import eventually, eventually_several

KEY = "hcaik_01secret"
NO_DAEMON = {"AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9"}


def test_batches_go_to_the_endpoint_with_the_teams_key(stack: Stack) -> None:
    eventually(lambda: stack.backend.get() and stack.honeycomb.requests, "a batch")

    path, headers = stack.honeycomb.requests[0]
    assert (path, stack.honeycomb.connected[0]) == ("/v1/traces", "api.honeycomb.io:443")
    assert headers["x-honeycomb-team"] == "key-of-a-team"
    assert headers["content-type"] == "application/x-protobuf"


def test_a_custom_span_is_inside_the_requests_with_its_attributes(stack: Stack) -> None:
    answer = stack.backend.get()

    spans = eventually_several(lambda: stack.honeycomb.spans_of(answer.root), 2, "spans")
    server, ours = sorted(spans, key=lambda span: span.name)
    assert (ours.name, ours.parent_id, server.parent_id) == ("load-home", server.span_id, "")
    assert ours.attributes == {"app.items": 3}


def test_the_service_has_the_name_that_the_environment_gives(trusting_stack: Stack, unsampled_stack: Stack) -> None:
    named = trusting_stack.backend.get().root
    [span, *_] = eventually(lambda: trusting_stack.honeycomb.spans_of(named), "the spans")
    assert span.resource["service.name"] == "named-by-hand"

    unnamed = unsampled_stack.backend.get().root
    [span, *_] = eventually(lambda: unsampled_stack.honeycomb.spans_of(unnamed), "the spans")
    assert span.resource["service.name"] == "test-service"


def test_resource_attributes_are_on_every_span_and_may_name_the_service() -> None:
    with honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY=KEY,
            **honeycomb.environment,
            OTEL_RESOURCE_ATTRIBUTES="service.name=attributed,deployment.environment=dev",
            **NO_DAEMON,
        ) as backend:
            backend.get()
            assert backend.terminate() == 0

    assert {span.resource["service.name"] for span in honeycomb.spans} == {"attributed"}
    assert {span.resource["deployment.environment"] for span in honeycomb.spans} == {"dev"}


def test_on_ecs_spans_say_which_task_they_come_from() -> None:
    with honeycomb_double() as honeycomb, ecs_metadata() as metadata:
        with running(
            HONEYCOMB_API_KEY=KEY,
            **honeycomb.environment,
            ECS_CONTAINER_METADATA_URI_V4=metadata,
            **NO_DAEMON,
        ) as backend:
            backend.get()
            assert backend.terminate() == 0

    resource = honeycomb.spans[0].resource
    assert (resource["cloud.platform"], resource["aws.ecs.task.arn"]) == ("aws_ecs", TASK_ARN)


def test_the_standard_headers_win_over_the_key() -> None:
    with honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY="not-this-one",
            OTEL_EXPORTER_OTLP_HEADERS="X-Honeycomb-Team=from%20headers,x-other=1",
            **honeycomb.environment,
            **NO_DAEMON,
        ) as backend:
            backend.get()
            assert backend.terminate() == 0

    _, headers = honeycomb.requests[0]
    assert (headers["x-honeycomb-team"], headers["x-other"]) == ("from headers", "1")


def test_malformed_standard_headers_are_never_printed_and_the_key_is_used() -> None:
    with honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY=KEY,
            OTEL_EXPORTER_OTLP_HEADERS="x-honeycomb-team: a-secret-in-the-wrong-form",
            **honeycomb.environment,
            **NO_DAEMON,
        ) as backend:
            backend.get()
            assert backend.terminate() == 0
            [problem] = backend.problems()
            output = backend.output()

    assert "a-secret" not in output
    assert problem["message"].startswith("`OTEL_EXPORTER_OTLP_HEADERS` must be comma-separated name=value pairs")
    assert honeycomb.requests[0][1]["x-honeycomb-team"] == KEY


def test_another_endpoint_gets_its_spans_without_a_key() -> None:
    with otlp_double() as collector:
        with running(**collector.environment, **NO_DAEMON) as backend:
            root = backend.get().root
            assert backend.terminate() == 0
            assert backend.problems() == []

    assert len(collector.spans_of(root)) == 2
    assert "x-honeycomb-team" not in collector.requests[0][1]


def test_another_endpoint_never_gets_the_key_and_one_warning_says_so() -> None:
    with otlp_double() as collector:
        with running(HONEYCOMB_API_KEY=KEY, **collector.environment, **NO_DAEMON) as backend:
            backend.get()
            assert backend.terminate() == 0
            [warning] = backend.problems()
            output = backend.output()

    assert collector.spans
    assert KEY not in str(collector.requests)
    assert KEY not in output
    assert warning["message"].startswith(
        "`HONEYCOMB_API_KEY` is not sent to 127.0.0.1, which `OTEL_EXPORTER_OTLP_ENDPOINT` names"
    )


def test_explicit_headers_go_to_any_endpoint() -> None:
    with otlp_double() as refinery:
        with running(OTEL_EXPORTER_OTLP_HEADERS=f"x-honeycomb-team={KEY}", **refinery.environment, **NO_DAEMON) as backend:
            backend.get()
            assert backend.terminate() == 0

    assert refinery.requests[0][1]["x-honeycomb-team"] == KEY


def test_the_key_is_not_sent_to_a_host_without_a_valid_certificate() -> None:
    with honeycomb_double() as honeycomb:
        with running(HONEYCOMB_API_KEY=KEY, HTTPS_PROXY=honeycomb.environment["HTTPS_PROXY"], **NO_DAEMON) as backend:
            backend.get()
            [line] = eventually(lambda: backend.log_of("flask_tracing.export"), "the line")
            assert backend.terminate() == 0

    assert honeycomb.connected
    assert honeycomb.requests == []
    assert "no answer (SSLError)" in line["message"]


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "it returned 401: the key is not accepted: store a valid one"), (429, "it returned 429: more is sent than")],
)
def test_a_rejected_batch_is_one_line_with_what_to_do_and_is_counted(status: int, advice: str) -> None:
    with honeycomb_double(status) as honeycomb:
        with running(HONEYCOMB_API_KEY=KEY, OTEL_EXPORTER_OTLP_TIMEOUT="3", **honeycomb.environment, **NO_DAEMON) as backend:
            backend.get()
            lines = eventually(lambda: backend.log_of("flask_tracing.export", "opentelemetry"), "the line")

    [line] = lines
    assert line["message"].startswith(f"2 spans are lost, 2 since the start: api.honeycomb.io: {advice}")
    assert line["level"] == "ERROR"


def test_the_last_answer_is_the_reason_even_if_a_later_attempt_has_none() -> None:
    with honeycomb_double(429) as honeycomb:
        with running(HONEYCOMB_API_KEY=KEY, OTEL_EXPORTER_OTLP_TIMEOUT="3", **honeycomb.environment, **NO_DAEMON) as backend:
            backend.get()
            eventually(lambda: honeycomb.requests, "the first attempt")
            honeycomb.status = HANG
            [line] = eventually(lambda: backend.log_of("flask_tracing.export"), "the line")
            honeycomb.status = 200

    assert "it returned 429" in line["message"]


def test_a_part_of_a_batch_that_is_rejected_is_counted_with_the_reason() -> None:
    with honeycomb_double() as honeycomb:
        honeycomb.rejected = 1
        with running(HONEYCOMB_API_KEY=KEY, **honeycomb.environment, **NO_DAEMON) as backend:
            backend.get()
            [line] = eventually(lambda: backend.log_of("flask_tracing.export"), "the line")

    assert line["message"] == "1 spans are lost, 1 since the start: api.honeycomb.io: it accepted only part of a batch: too old"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "`HONEYCOMB_API_KEY` is not set; traces go to X-Ray only"),
        ({"HONEYCOMB_API_KEY": "not-stored"}, "`HONEYCOMB_API_KEY` is `not-stored`, which means no key: store one"),
    ],
)
def test_without_a_key_one_warning_says_that_traces_go_to_xray_only(environ: dict[str, str], message: str) -> None:
    with honeycomb_double() as honeycomb:
        with running(**honeycomb.environment, **NO_DAEMON, **environ) as backend:
            assert backend.get().status == 200
            assert backend.terminate() == 0
            [warning] = backend.problems()

    assert warning["level"] == "WARNING"
    assert warning["message"].startswith("no spans are sent to Honeycomb: ")
    assert message in warning["message"]
    assert honeycomb.requests == []


@pytest.mark.parametrize("key", ["abc\ndef", "clé-secrète"], ids=ascii)
def test_a_key_that_a_header_cannot_carry_is_one_error_that_does_not_show_it(key: str) -> None:
    with honeycomb_double() as honeycomb:
        with running(HONEYCOMB_API_KEY=key, **honeycomb.environment, **NO_DAEMON) as backend:
            assert backend.get().status == 200
            assert backend.terminate() == 0
            output = backend.output()
            errors = backend.problems()

    assert len(errors) == 1
    assert "`HONEYCOMB_API_KEY` must consist of visible ASCII" in errors[0]["message"]
    assert not any(part in output for part in (key, "secr", "abc"))
    assert honeycomb.requests == []


def test_a_lowered_rate_is_on_every_span_and_whole_traces_are_kept() -> None:
    with honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY=KEY,
            **honeycomb.environment,
            OTEL_TRACES_SAMPLER="parentbased_traceidratio",
            OTEL_TRACES_SAMPLER_ARG="0.25",
            **NO_DAEMON,
        ) as backend:
            # kept are ids in the lowest quarter of their last 64 bits
            for low in ("0", "3", "4", "f"):
                backend.get(headers={"X-Amzn-Trace-Id": f"Root=1-{int(time.time()):08x}-bd862e3f{low}1be46a994272793"})
            assert backend.terminate() == 0

    kept = {span.trace_id[16] for span in honeycomb.spans}
    assert (kept, len(honeycomb.spans)) == ({"0", "3"}, 4)
    assert {span.attributes["SampleRate"] for span in honeycomb.spans} == {4}


def test_the_console_exporter_is_off_unless_asked_for() -> None:
    with honeycomb_double() as honeycomb:
        base = {"HONEYCOMB_API_KEY": KEY, **honeycomb.environment, **NO_DAEMON}
        with running(**base) as backend:
            backend.get()
            assert backend.terminate() == 0
            assert "load-home" not in backend.output()
        with running(**base, OTEL_TRACES_EXPORTER="otlp,console") as backend:
            backend.get()
            assert backend.terminate() == 0
            assert re.search(r'^{"name": "load-home"', backend.output(), re.MULTILINE)
    assert len(honeycomb.spans) == 4


def test_calls_to_honeycomb_are_not_themselves_traced(stack: Stack) -> None:
    eventually(lambda: stack.backend.get() and stack.honeycomb.requests, "a batch")

    assert not [span for span in stack.honeycomb.spans if span.name == "POST"]
    assert not [document for document in stack.xray.documents if document["name"] == "api.honeycomb.io"]
    assert stack.backend.log_of("aws_xray_sdk") == []
