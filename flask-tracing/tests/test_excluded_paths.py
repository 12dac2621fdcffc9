"""Health checks are not traffic, and nothing else can pass as one."""

import re

import pytest
from conftest import Stack

from flask_tracing._request.middleware import ExcludedPaths
from support.honeycomb import honeycomb_double
from support.service import HEALTH, running
from support.waiting import eventually
from support.xray import daemon_double


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


def test_no_health_check_is_recorded_before_the_first_sampling_rules() -> None:
    # a daemon that takes segments and has no rules: the SDK's local rule would record the first request of each second
    with daemon_double() as xray, honeycomb_double() as honeycomb:
        xray.rules = []
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
        ) as backend:
            for _ in range(20):
                backend.get(HEALTH)
            eventually(lambda: backend.get() and xray.segments, "a segment by the local rule")
            assert backend.terminate() == 0

    assert {segment["http"]["request"]["url"] for segment in xray.segments} == {"http://api.example.com/home"}
    assert {span.name for span in honeycomb.spans} == {"GET /home", "load-home"}


def test_a_caller_cannot_hide_a_request_behind_the_health_check(stack: Stack) -> None:
    for path in ("/home?x=/health", "/health/x"):
        answer = stack.backend.get(path, {"Referer": "http://x/health"})
        assert eventually(lambda root=answer.root: stack.xray.segments_of(root), "the segment")  # type: ignore[misc]


def test_a_health_check_with_a_query_is_a_health_check(stack: Stack) -> None:
    assert "x-amzn-trace-id" not in stack.backend.get(f"{HEALTH}?from=balancer").headers


@pytest.mark.parametrize("path", ["/up", "/", "/a.b+c"])
def test_exactly_one_path_is_excluded_whatever_it_is(path: str) -> None:
    excluded = ExcludedPaths([path], None)

    assert path in excluded
    for other in (f"/api/pick{path}", f"{path}x", f"{path}\n", "/a-b+c", "/api/"):
        assert other not in excluded


def test_patterns_of_the_environment_are_searched_for_in_the_path() -> None:
    excluded = ExcludedPaths([], re.compile("^/internal/|^/metrics$"))

    assert "/internal/x" in excluded
    assert "/metrics" in excluded
    assert "/api/metrics" not in excluded


def test_the_pattern_of_a_stack_excludes_one_path_here_and_in_the_stock_instrumentation() -> None:
    pattern = r"^(https?://[^/?#]+)?/up(\?|\Z)"
    with daemon_double() as xray:
        with running(OTEL_PYTHON_FLASK_EXCLUDED_URLS=pattern, AWS_XRAY_DAEMON_ADDRESS=xray.address) as service:
            assert "x-amzn-trace-id" not in service.get("/up").headers
            for path in ("/api/pick/up", "/home?b=/up", "/upper"):
                assert service.get(path).root

    assert re.search(pattern, "http://api.example.com/up?from=balancer")
    assert not re.search(pattern, "http://api.example.com/home?b=/up")


def test_a_span_inside_of_an_excluded_request_is_recorded_nowhere(stack: Stack) -> None:
    before = len(stack.honeycomb.spans)
    for _ in range(5):
        stack.backend.get(HEALTH)

    after = stack.backend.get()
    eventually(lambda: stack.honeycomb.spans_of(after.root), "the spans of a later request")
    assert "check-health" not in {span.name for span in stack.honeycomb.spans[before:]}
