"""The application: what it answers, and that it is traced."""

import socket
import subprocess
import sys
from datetime import datetime

import pytest
from support.honeycomb import honeycomb_double
from support.service import UNTRACED, free_port, running, starting
from support.waiting import eventually, eventually_several

from conftest import Traced
from image import BACKEND, HEALTH, HOME, IMAGE
from settings import ConfigurationError, load_health_check_path, load_port

NO_DAEMON = {"AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9"}


def health_check(**environment: str) -> int:
    """Runs the container's health check."""
    done = subprocess.run([sys.executable, "healthcheck.py"], cwd=BACKEND, env=environment, check=False, capture_output=True)
    return done.returncode


def test_the_home_route_returns_activities(traced: Traced) -> None:
    activities = traced.service.get(HOME).json

    assert len(activities) == 3
    assert {"uuid", "handle", "message", "created_at", "expires_at", "likes_count", "replies_count", "replies"} <= set(
        activities[0]
    )
    assert {"uuid", "reply_to_activity_uuid", "handle", "message", "created_at"} <= set(activities[0]["replies"][0])


def test_a_request_and_the_span_in_it_are_the_same_tree_in_both_backends(traced: Traced) -> None:
    root = traced.service.get(HOME).root

    server, ours = sorted(eventually_several(lambda: traced.honeycomb.spans_of(root), 2, "spans"), key=lambda span: span.name)
    documents = eventually_several(lambda: traced.xray.documents_of(root), 2, "documents")
    assert (server.name, ours.name) == ("GET /api/activities/home", "home-activities-mock-data")
    assert ours.attributes["app.result_length"] == 3
    assert datetime.fromisoformat(ours.attributes["app.now"]).utcoffset() is not None
    assert {document["name"]: (document["id"], document.get("parent_id", "")) for document in documents} == {
        "backend-flask": (server.span_id, ""),
        "home-activities-mock-data": (ours.span_id, server.span_id),
    }
    assert traced.honeycomb.requests[0][1]["x-honeycomb-team"] == "key-of-a-team"


def test_the_service_is_named_backend_flask_where_the_environment_does_not_name_it() -> None:
    with honeycomb_double() as honeycomb:
        with running(IMAGE, HONEYCOMB_API_KEY="key", **honeycomb.environment, **NO_DAEMON) as service:
            service.get(HOME)
            assert service.terminate() == 0

    assert {span.resource["service.name"] for span in honeycomb.spans} == {"backend-flask"}


def test_an_unknown_path_is_a_json_404(traced: Traced) -> None:
    answer = traced.service.get("/nowhere")

    assert (answer.status, answer.headers["content-type"], answer.json) == (404, "application/json", {"error": "Not Found"})
    [segment] = eventually(lambda: traced.xray.segments_of(answer.root), "the segment")
    assert (segment["error"], segment.get("fault")) == (True, None)


def test_a_method_that_is_not_allowed_says_which_are(traced: Traced) -> None:
    refused = traced.service.get(HOME, method="DELETE")

    assert (refused.status, refused.json) == (405, {"error": "Method Not Allowed"})
    assert "GET" in refused.headers["allow"]


def test_a_health_check_is_recorded_nowhere(traced: Traced) -> None:
    for path in (HEALTH, f"{HEALTH}?from=balancer"):
        answer = traced.service.get(path)
        assert (answer.status, answer.json) == (200, {"success": True})
        assert "x-amzn-trace-id" not in answer.headers

    after = traced.service.get(HOME)
    eventually(lambda: traced.honeycomb.spans_of(after.root), "the spans of a later request")
    assert not [span for span in traced.honeycomb.spans if "health" in str(span)]
    assert not [document for document in traced.xray.documents if "health" in str(document)]


def test_the_health_check_is_served_and_excluded_where_the_environment_says() -> None:
    with running(IMAGE, HEALTH_CHECK_PATH="/up", **NO_DAEMON) as service:
        answer = service.get("/up")
        assert (answer.status, "x-amzn-trace-id" in answer.headers) == (200, False)
        assert service.get(HEALTH).status == 404
        assert service.get("/api/pick/up").root
        assert health_check(PORT=str(service.port), HEALTH_CHECK_PATH="/up") == 0


def test_the_containers_health_check_succeeds_on_200_and_fails_on_any_other_answer(traced: Traced) -> None:
    port = str(traced.service.port)

    assert (health_check(PORT=port), health_check(PORT=port, HEALTH_CHECK_PATH="/nowhere")) == (0, 1)


def test_the_containers_health_check_fails_without_an_answer() -> None:
    assert health_check(PORT=str(free_port())) == 1


def test_the_containers_health_check_imports_nothing_heavy() -> None:
    look = "import sys, healthcheck; print({'flask', 'flask_tracing', 'opentelemetry'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], cwd=BACKEND, check=True, capture_output=True, text=True)

    assert done.stdout == "set()\n"


@pytest.mark.parametrize("path", ["up", "/<path:x>", "/a b", ""])
def test_a_path_that_cannot_be_one_is_an_error_in_the_log_and_the_default_is_used(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_health_check_path({"HEALTH_CHECK_PATH": path}) == HEALTH
    assert f"`HEALTH_CHECK_PATH` must be one absolute path, got: {path!r}; the check is at {HEALTH}" in caplog.text


@pytest.mark.parametrize("port", ["0", "65536", "-1", "4567.0", "", "٤٥٦٧", "80 "])
def test_fails_with_a_port_that_is_no_port(port: str) -> None:
    with pytest.raises(ConfigurationError, match="`PORT` must be a whole number from 1 to 65535, got: "):
        load_port({"PORT": port})


def test_a_port_that_is_no_port_is_refused_in_one_message() -> None:
    with starting(IMAGE, PORT="eighty") as service:
        assert service.process.wait(20) != 0
        assert "`PORT` must be a whole number from 1 to 65535, got: 'eighty'" in service.output()


@pytest.mark.parametrize(("environment", "reachable"), [({}, False), ({"BIND_HOST": "0.0.0.0"}, True)])
def test_only_loopback_is_listened_on_unless_the_container_asks_for_more(environment: dict[str, str], reachable: bool) -> None:
    with running(IMAGE, **UNTRACED, **environment) as service:
        with socket.socket() as client:
            # an address of this machine that is not the one of loopback
            assert (client.connect_ex(("127.0.0.2", service.port)) == 0) is reachable
