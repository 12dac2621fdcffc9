"""Nothing that a request or an application does loses a document."""

import json

import pytest
from conftest import Stack

from flask_tracing._sending.size import MAX_BYTES, encode
from support.waiting import eventually


def test_a_segment_of_whatever_size_and_content_arrives_in_both(stack: Stack) -> None:
    root = stack.backend.get("/large").root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    [span] = eventually(lambda: stack.honeycomb.spans_of(root), "the span")
    assert segment["http"]["response"]["status"] == 200
    assert segment["metadata"]["default"]["large.0"].endswith("…")
    assert span.attributes["large.0"] == "x" * 8_191 + "…"
    assert span.attributes["huge"] == str(1 << 70)


def test_a_long_exception_message_is_cut_with_a_mark_in_both(stack: Stack) -> None:
    root = stack.backend.get("/long").root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    [span] = eventually(lambda: stack.honeycomb.spans_of(root), "the span")
    message = segment["cause"]["exceptions"][0]["message"]
    assert message.startswith("mmm")
    assert message.endswith("…")
    assert span.events[0]["exception.message"] == "m" * 8_191 + "…"
    assert len(span.events[0]["exception.stacktrace"]) <= 8_192


@pytest.mark.parametrize(
    "content",
    [
        {"metadata": {"default": {str(number): "x" * 8_000 for number in range(128)}}},
        {"metadata": {"default": {str(number): number for number in range(100_000)}}},
        {"cause": {"exceptions": [{"message": "x" * 8_000, "stack": [{"label": "x" * 8_000}] * 100}] * 200}},
        {"annotations": {"x" * 8_000 + str(number): "y" for number in range(64)}, "sql": {"sanitized_query": "☃" * 70_000}},
        {"metadata": {"default": {"nested": [[["x" * 1_000] * 100] * 100]}}},
    ],
    ids=["texts", "many", "causes", "snowmen", "nested"],
)
def test_a_document_is_truncated_until_it_fits_and_keeps_its_essential_fields(content: dict[str, object]) -> None:
    data = encode({"trace_id": "1-2-3", "id": "4", "name": "n", "start_time": 1, "end_time": 2, "fault": True} | content)

    assert len(data) <= MAX_BYTES
    document = json.loads(data)
    assert (document["trace_id"], document["id"], document["name"], document["fault"]) == ("1-2-3", "4", "n", True)
    assert "\\u2026" in data.decode()


def test_nan_and_infinity_become_texts() -> None:
    data = encode({"metadata": {"default": {"a": float("nan"), "b": [float("inf")], "c": 1.5}}})

    assert json.loads(data)["metadata"]["default"] == {"a": "nan", "b": ["inf"], "c": 1.5}
