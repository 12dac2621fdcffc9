"""Who may decide about a trace: by default, no caller."""

import time

import pytest
from conftest import Stack

from flask_tracing._request import trace_header
from flask_tracing._request.trace_header import EMPTY, TraceHeader, parse
from support.waiting import eventually, eventually_several

#: Of now: X-Ray takes no segment of long ago.
ROOT = f"1-{int(time.time()):08x}-bd862e3fe1be46a994272793"
PARENT = "53995c3f42cd8ad8"

ILL_FORMED = [
    "",
    "garbage",
    "Root=garbage",
    f"Root={ROOT[:-1]}",
    f"Root={ROOT.upper()}",
    f"Root=2{ROOT[1:]}",
    "Root=1-00000000-000000000000000000000000",
    f"Root={ROOT};Root={ROOT}",
    f"Root={ROOT},Root={ROOT}",
    f"Root=1-\N{ARABIC-INDIC DIGIT FIVE}{ROOT[3:]}",
    "Root=" + "1" * 10_000,
    f"Root={ROOT};" + "x" * 10_000,
]


@pytest.mark.parametrize("text", ILL_FORMED, ids=[str(number) for number in range(len(ILL_FORMED))])
def test_a_malformed_root_is_ignored(text: str) -> None:
    assert parse(text) == EMPTY


@pytest.mark.parametrize("text", [f"Root={ROOT}", *ILL_FORMED], ids=[str(number) for number in range(len(ILL_FORMED) + 1)])
def test_a_root_alone_is_read_as_one_among_other_fields(text: str) -> None:
    assert parse(text) == parse(f"{text};")


def root_of(days: float) -> str:
    """A trace id that many days old."""
    return f"1-{int(time.time() - days * 86_400):08x}-{ROOT[11:]}"


@pytest.mark.parametrize("days", [29, 3650, -1], ids=["29 days old", "ten years old", "of tomorrow"])
def test_a_root_that_is_too_old_or_in_the_future_is_ignored(days: float) -> None:
    assert parse(f"Root={root_of(days)}") == EMPTY


@pytest.mark.parametrize("days", [27, 0, -1 / 24 / 60], ids=["27 days old", "new", "of a clock that is ahead"])
def test_an_older_root_is_kept_as_long_as_xray_accepts_it(days: float) -> None:
    assert parse(f"Root={root_of(days)}").root == root_of(days)


def test_a_root_and_what_a_load_balancer_adds_are_read() -> None:
    text = f"Self=1-67891234-12456789abcdef012345678;Root={ROOT};Parent={PARENT};Sampled=1;Lineage=a87bd80c:0"

    assert parse(text) == TraceHeader(ROOT, PARENT, sampled=True)


@pytest.mark.parametrize("field", ["Parent=0000000000000000", "Parent=xyz", "Sampled=2", "Sampled=?", "Parent", ";;"])
def test_a_malformed_field_is_dropped_and_the_root_kept(field: str) -> None:
    assert parse(f"Root={ROOT};{field}") == TraceHeader(ROOT)


def test_a_new_root_is_well_formed_and_survives_the_way_through_opentelemetry() -> None:
    root = trace_header.new_root()

    assert parse(f"Root={root}") == TraceHeader(root)
    assert trace_header.int_to_root(trace_header.root_to_int(root)) == root


def test_a_well_formed_root_is_kept(stack: Stack) -> None:
    root = trace_header.new_root()

    assert stack.backend.get(headers={"X-Amzn-Trace-Id": f"Root={root}"}).root == root
    assert eventually(lambda: stack.xray.segments_of(root), "the segment")
    assert eventually(lambda: stack.honeycomb.spans_of(root), "the spans")


def test_a_caller_cannot_force_recording(unsampled_stack: Stack) -> None:
    answer = unsampled_stack.backend.get("/sampled", {"X-Amzn-Trace-Id": f"Root={trace_header.new_root()};Sampled=1"})

    assert answer.json == {"sampled": False}


def test_a_caller_cannot_prevent_recording(stack: Stack) -> None:
    root = trace_header.new_root()

    assert stack.backend.get("/sampled", {"X-Amzn-Trace-Id": f"Root={root};Parent={PARENT};Sampled=0"}).json["sampled"]
    assert eventually(lambda: stack.honeycomb.spans_of(root), "the spans")


def test_a_caller_cannot_choose_the_parent(stack: Stack) -> None:
    root = trace_header.new_root()

    stack.backend.get(headers={"X-Amzn-Trace-Id": f"Root={root};Parent={PARENT};Sampled=1"})

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    spans = eventually(lambda: stack.honeycomb.spans_of(root), "the spans")
    assert "parent_id" not in segment
    assert PARENT not in {span.parent_id for span in spans}


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b"},
        {"Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"},
        {"baggage": "userId=alice"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_headers_of_other_tracing_formats_do_not_reach_the_application(stack: Stack, headers: dict[str, str]) -> None:
    answer = stack.backend.get("/headers", headers)

    assert not {name.lower() for name in answer.json} & {"traceparent", "tracestate", "baggage"}
    assert answer.root != "1-0af76519-16cd43dd8448eb211c80319c"
    assert eventually(lambda: stack.honeycomb.spans_of(answer.root), "the spans")


@pytest.mark.parametrize(
    "value", ["x" * 10_000, "Rööt=1-☃", "Root=\t;\t=", "Root=%00%0a", ";;;;", "=" * 500], ids=lambda v: v[:12]
)
@pytest.mark.parametrize("name", ["X-Amzn-Trace-Id", "traceparent", "tracestate", "baggage"])
def test_garbage_in_a_tracing_header_fails_no_request(stack: Stack, name: str, value: str) -> None:
    answer = stack.backend.get(headers={name: value})

    assert answer.status == 200
    assert len(answer.json) == 3
    assert eventually(lambda: stack.xray.segments_of(answer.root), "the segment")


def test_a_tracing_header_sent_twice_is_ignored(stack: Stack) -> None:
    roots = [trace_header.new_root(), trace_header.new_root()]

    answer = stack.backend.get(headers=[("X-Amzn-Trace-Id", f"Root={root}") for root in roots])

    assert answer.status == 200
    assert answer.root not in roots


def test_the_client_address_in_a_segment_is_from_the_load_balancer(stack: Stack) -> None:
    root = trace_header.new_root()

    stack.backend.get(headers={"X-Amzn-Trace-Id": f"Root={root}", "X-Forwarded-For": "6.6.6.6, 192.0.2.7"})

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    assert segment["http"]["request"]["client_ip"] == "192.0.2.7"


def test_long_texts_of_a_caller_are_cut_with_a_mark(stack: Stack) -> None:
    answer = stack.backend.get("/" + "p" * 3_000, {"User-Agent": "u" * 12_000, "X-Forwarded-For": "f" * 8_000})

    [segment] = eventually(lambda: stack.xray.segments_of(answer.root), "the segment")
    request = segment["http"]["request"]
    assert (len(request["url"]), request["client_ip"]) == (3_023, "127.0.0.1")
    assert request["user_agent"] == "u" * 8_191 + "…"
    [span] = eventually(lambda: stack.honeycomb.spans_of(answer.root), "the span")
    assert span.attributes["http.user_agent"] == request["user_agent"]


def test_with_trust_both_backends_continue_the_callers_trace(trusting_stack: Stack) -> None:
    root = trace_header.new_root()

    answer = trusting_stack.backend.get(headers={"X-Amzn-Trace-Id": f"Root={root};Parent={PARENT};Sampled=1"})

    [segment] = eventually(lambda: trusting_stack.xray.segments_of(root), "the segment")
    spans = eventually(lambda: trusting_stack.honeycomb.spans_of(root), "the spans")
    [server] = [span for span in spans if span.kind == 2]
    assert (answer.root, segment["parent_id"], server.parent_id) == (root, PARENT, PARENT)


def test_with_trust_xrays_decision_is_followed_and_honeycomb_still_gets_the_trace(trusting_stack: Stack) -> None:
    root = trace_header.new_root()
    header = {"X-Amzn-Trace-Id": f"Root={root};Parent={PARENT};Sampled=0"}

    assert trusting_stack.backend.get("/sampled", header).json == {"sampled": False}
    assert eventually(lambda: trusting_stack.honeycomb.spans_of(root), "the spans")
    assert trusting_stack.xray.segments_of(root) == []


def test_with_trust_a_chain_of_services_is_one_trace_in_both_backends(trusting_stack: Stack) -> None:
    backend = trusting_stack.backend

    answer = backend.get(f"/call?url=http://127.0.0.1:{backend.port}/log")

    segments = eventually_several(lambda: trusting_stack.xray.segments_of(answer.root), 2, "segments")
    spans = eventually_several(lambda: trusting_stack.honeycomb.spans_of(answer.root), 3, "spans")
    [call] = [
        document["id"] for document in trusting_stack.xray.documents_of(answer.root) if document.get("namespace") == "remote"
    ]
    assert [segment["parent_id"] for segment in segments if "parent_id" in segment] == [call]
    assert [span.parent_id for span in spans if span.name == "GET /log"] == [call]
    assert call in {span.span_id for span in spans}


def test_with_trust_a_malformed_header_is_still_ignored(trusting_stack: Stack) -> None:
    for text in ("Root=garbage;Sampled=1", f"Root={ROOT},Root={ROOT}", "x" * 10_000):
        assert trusting_stack.backend.get(headers={"X-Amzn-Trace-Id": text}).root != ROOT
