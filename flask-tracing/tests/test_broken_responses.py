"""A response that breaks is no success, whatever its status was, in both backends."""

import socket
import struct
from typing import Any

import pytest
from conftest import Stack

from support.honeycomb import ReceivedSpan
from support.waiting import eventually
from support.xray import XRayDouble

ERROR = 2


def recorded(stack: Stack, path: str) -> tuple[dict[str, Any], ReceivedSpan]:
    """The segment and the span of the last request of a path."""
    url = f"http://api.example.com{path}"
    segment = eventually(lambda: of_url(stack.xray, url), "the segment")[-1]
    [span] = eventually(lambda: [span for span in stack.honeycomb.spans_of(segment["trace_id"]) if span.kind == 2], "the span")
    return segment, span


def of_url(xray: XRayDouble, url: str) -> list[dict[str, Any]]:
    return [segment for segment in xray.segments if segment["http"]["request"].get("url") == url]


@pytest.mark.parametrize(("path", "reason"), [("/broken-stream", "in the middle"), ("/teardown", "while tearing down")])
def test_an_exception_after_the_view_is_a_fault(stack: Stack, path: str, reason: str) -> None:
    stack.backend.get(path)

    segment, span = recorded(stack, path)
    assert segment["fault"] is True
    [exception] = segment["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("RuntimeError", reason)
    assert (span.status, span.events[0]["exception.message"]) == (ERROR, reason)


def test_an_unhandled_exception_is_recorded_as_the_500_of_the_server(stack: Stack) -> None:
    answered = stack.backend.get("/teardown").status

    segment, span = recorded(stack, "/teardown")
    assert answered == segment["http"]["response"]["status"] == span.attributes["http.status_code"] == 500


def test_a_stream_that_breaks_keeps_the_status_that_was_sent(stack: Stack) -> None:
    answered = stack.backend.get("/broken-stream").status

    segment, span = recorded(stack, "/broken-stream")
    assert answered == segment["http"]["response"]["status"] == span.attributes["http.status_code"] == 200


def test_a_client_that_disconnects_is_an_error_of_its_own_kind(stack: Stack) -> None:
    connection = stack.backend.connect("/endless")
    connection.recv(65_536)
    # a reset, as of a client that is killed
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()

    segment, span = recorded(stack, "/endless")
    assert (segment.get("error"), segment.get("fault")) == (True, None)
    assert segment["cause"]["exceptions"][0]["message"] == "the client closed the connection before it had the whole response"
    assert (span.status, span.attributes["error.type"]) == (ERROR, "client_disconnected")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/home", "/stream"])
def test_a_response_that_was_sent_completely_is_a_success(stack: Stack, path: str, method: str) -> None:
    root = stack.backend.get(path, method=method).root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    assert {"error", "fault"} & segment.keys() == set()
