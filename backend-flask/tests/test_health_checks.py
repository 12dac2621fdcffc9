"""Health checks are not traffic."""

import subprocess
import sys

from tests.conftest import Stack
from tests.support.backend import BACKEND, HEALTH, TEST_APPLICATION, free_port, running
from tests.support.honeycomb import honeycomb_double
from tests.support.waiting import eventually
from tests.support.xray import daemon_double


def health_check(**environment: str) -> int:
    """Runs the container's health check."""
    done = subprocess.run([sys.executable, "healthcheck.py"], cwd=BACKEND, env=environment, check=False, capture_output=True)
    return done.returncode


def test_a_health_check_makes_neither_a_segment_nor_a_span(stack: Stack) -> None:
    for _ in range(20):
        answer = stack.backend.get(HEALTH)
        assert (answer.status, answer.json) == (200, {"success": True})
        assert "x-amzn-trace-id" not in answer.headers

    after = stack.backend.get()
    eventually(lambda: stack.honeycomb.spans_of(after.root), "the spans of a later request")
    eventually(lambda: stack.xray.segments_of(after.root), "the segment of a later request")
    assert not [span for span in stack.honeycomb.spans if "health" in str(span)]
    assert not [segment for segment in stack.xray.segments if "health" in str(segment)]


def test_nor_before_the_first_sampling_rules_have_come() -> None:
    # a daemon that takes segments and has no rules: the SDK's local rule would record the first request of each second
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        xray.rules = []
        with running(
            TEST_APPLICATION,
            HONEYCOMB_API_KEY="key",
            OTEL_EXPORTER_OTLP_ENDPOINT=honeycomb.url,
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
        ) as backend:
            for _ in range(20):
                backend.get(HEALTH)
            eventually(lambda: backend.get() and xray.segments, "a segment by the local rule")
            assert backend.terminate() == 0

    assert {segment["http"]["request"]["url"] for segment in xray.segments} == {"http://api.example.com/api/activities/home"}
    assert {span.name for span in honeycomb.spans} == {"GET /api/activities/home", "home-activities-mock-data"}


def test_a_caller_cannot_hide_a_request_behind_the_health_check(stack: Stack) -> None:
    for path in ("/api/activities/home?x=/api/health-check", "/api/health-check/x"):
        answer = stack.backend.get(path, {"Referer": "http://x/api/health-check"})
        assert eventually(lambda root=answer.root: stack.xray.segments_of(root), "the segment")  # type: ignore[misc]


def test_a_health_check_with_a_query_is_a_health_check(stack: Stack) -> None:
    assert "x-amzn-trace-id" not in stack.backend.get(f"{HEALTH}?from=balancer").headers


def test_the_containers_health_check_succeeds_on_200(stack: Stack) -> None:
    assert health_check(PORT=str(stack.backend.port)) == 0


def test_the_containers_health_check_fails_on_any_other_answer(stack: Stack) -> None:
    assert health_check(PORT=str(stack.backend.port), HEALTH_CHECK_PATH="/nowhere") == 1


def test_the_containers_health_check_fails_without_an_answer() -> None:
    assert health_check(PORT=str(free_port())) == 1


def test_the_health_check_is_served_and_excluded_where_the_environment_says() -> None:
    with running(HEALTH_CHECK_PATH="/up", AWS_XRAY_DAEMON_ADDRESS="127.0.0.1:9") as backend:
        answer = backend.get("/up")
        assert (answer.status, "x-amzn-trace-id" in answer.headers) == (200, False)
        assert backend.get(HEALTH).status == 404
        assert health_check(PORT=str(backend.port), HEALTH_CHECK_PATH="/up") == 0
