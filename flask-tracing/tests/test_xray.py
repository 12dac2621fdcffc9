"""What X-Ray gets."""

from typing import Any

from conftest import Stack

from support.echo import echo_service
from support.metadata import LOG_GROUP, TASK_ARN, ecs_metadata
from support.service import HOME, running
from support.waiting import eventually
from support.xray import daemon_double


def test_segments_have_the_fixed_service_name_whatever_the_host(stack: Stack) -> None:
    root = stack.backend.get(headers={"X-Forwarded-Host": "www.cruddur.com"}).root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    assert segment["name"] == "test-service"
    assert segment["aws"]["xray"]["sampling_rule_name"] == "Cruddur"
    assert segment["http"] == {
        "request": {"url": f"http://api.example.com{HOME}", "method": "GET", "client_ip": "127.0.0.1"},
        "response": {"status": 200, "content_length": segment["http"]["response"]["content_length"]},
    }


def test_a_query_string_is_not_recorded(stack: Stack) -> None:
    root = stack.backend.get(f"{HOME}?token=secret").root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    assert "secret" not in str(segment)


def test_a_call_that_fails_is_in_the_trace(stack: Stack) -> None:
    answer = stack.backend.get("/call?url=http://127.0.0.1:1/")

    [segment] = eventually(lambda: stack.xray.segments_of(answer.root), "the segment")
    [call] = [document for document in stack.xray.documents_of(answer.root) if document.get("namespace") == "remote"]
    assert (answer.status, segment["fault"], call["fault"]) == (500, True, True)
    assert call["cause"]["exceptions"][0]["type"] == "requests.exceptions.ConnectionError"


def test_on_ecs_segments_say_so() -> None:
    with daemon_double() as xray, ecs_metadata() as metadata:
        with running(AWS_XRAY_DAEMON_ADDRESS=xray.address, ECS_CONTAINER_METADATA_URI_V4=metadata) as backend:
            eventually(lambda: backend.get() and xray.segments, "a segment")

    assert xray.segments[0]["origin"] == "AWS::ECS::Container"
    aws = xray.segments[0]["aws"]
    assert aws["ecs"]["container"]
    assert aws["ecs"]["task_arn"] == TASK_ARN
    assert aws["cloudwatch_logs"] == [
        {"log_group": LOG_GROUP, "arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{LOG_GROUP}"}
    ]


def test_the_rules_see_service_path_method_and_host() -> None:
    rule = {"ServiceName": "renamed", "URLPath": "/ho*", "HTTPMethod": "GET", "Host": "api.example.com"}
    with daemon_double(rule) as xray:
        with running(AWS_XRAY_DAEMON_ADDRESS=xray.address, AWS_XRAY_TRACING_NAME="renamed") as backend:
            eventually(lambda: backend.get() and by_a_rule(xray.segments), "a segment by the rule")

    assert by_a_rule(xray.segments)[0]["name"] == "renamed"


def by_a_rule(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [segment for segment in segments if "sampling_rule_name" in segment["aws"]["xray"]]


def test_aws_xray_url_is_honoured_and_one_line_says_what_it_costs() -> None:
    with daemon_double() as xray:
        with running(AWS_XRAY_DAEMON_ADDRESS=xray.address, AWS_XRAY_URL="*example.com*") as backend:
            eventually(lambda: backend.get() and xray.segments, "a segment")
            lines = [line for line in backend.log() if "AWS_XRAY_URL" in line["message"]]

    assert xray.segments[0]["name"] == "api.example.com"
    [line] = lines
    assert line["level"] == "WARNING"
    assert "neither the sampling rule nor the group" in line["message"]


def test_a_malformed_daemon_address_is_one_error_and_the_application_serves() -> None:
    with running(AWS_XRAY_DAEMON_ADDRESS="nonsense") as backend:
        assert backend.get().status == 200
        assert backend.terminate() == 0
        errors = [line for line in backend.log() if line["level"] == "ERROR"]

    [error] = errors
    assert error["message"].startswith("`AWS_XRAY_DAEMON_ADDRESS` must be host:port")


def test_udp_and_tcp_addresses_of_the_daemon_may_differ() -> None:
    with daemon_double() as rules, daemon_double() as segments:
        address = f"udp:{segments.address} tcp:{rules.address}"
        with running(AWS_XRAY_DAEMON_ADDRESS=address) as backend:
            eventually(lambda: backend.get() and segments.segments, "a segment")
            eventually(lambda: rules.rules_served, "the rules")

    assert (rules.segments, segments.rules_served) == ([], 0)


def test_code_outside_a_request_may_call_without_an_error(stack: Stack) -> None:
    with echo_service() as service:
        assert stack.backend.get(f"/call?url={service}").status == 200

    assert [line for line in stack.backend.log_of("aws_xray_sdk") if line["level"] == "ERROR"] == []


def test_version_and_environment_are_on_every_span_and_segment(stack: Stack) -> None:
    root = stack.backend.get().root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    spans = eventually(lambda: stack.honeycomb.spans_of(root), "the spans")
    assert (segment["service"]["version"], segment["annotations"]) == ("1.2.3", {"deployment_environment_name": "dev"})
    assert {(span.resource["service.version"], span.resource["deployment.environment.name"]) for span in spans} == {
        ("1.2.3", "dev")
    }
