"""One instrumentation, two backends: the same tree with the same ids, through the real daemon and over real sockets."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from conftest import wait_for_rules
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from flask_tracing._sampling.xray_rules import CentralSampler
from support.aws import dynamodb_double
from support.daemon import real_daemon
from support.echo import echo_service
from support.honeycomb import OtlpDouble, ReceivedSpan, honeycomb_double
from support.service import Service, running, served
from support.waiting import eventually, eventually_several
from support.xray import NOTHING, XRayDouble, daemon_double, xray_api

#: Spans of `/every-library`. SQLAlchemy's statements are also the driver's: sqlite3 has an instrumentation of its own.
EVERY_LIBRARY = {
    "GET /every-library",
    "outer",
    "inner",
    "GET",
    "DynamoDB.PutItem",
    "connect",
    "select",
    "PRAGMA",
    "on-a-thread",
}


class Traced:
    """A service behind the real daemon, and both backends."""

    def __init__(self, service: Service, xray: XRayDouble, honeycomb: OtlpDouble, echo: str, aws: str) -> None:
        self.service = service
        self.xray = xray
        self.honeycomb = honeycomb
        self.every_library = f"/every-library?url={echo}&aws={aws}"
        self.dynamodb = f"/dynamodb?aws={aws}"

    def trees(self, root: str, count: int) -> tuple[dict[str, str], dict[str, str]]:
        """Each id with its parent's, in X-Ray and in Honeycomb."""
        documents = eventually_several(lambda: self.xray.documents_of(root), count, "documents")
        spans = eventually_several(lambda: self.honeycomb.spans_of(root), count, "spans")
        return (
            {document["id"]: document.get("parent_id", "") for document in documents},
            {span.span_id: span.parent_id for span in spans},
        )

    def document(self, root: str, **fields: Any) -> dict[str, Any]:
        """The one document that has these fields."""
        [found] = eventually_several(lambda: self._matching(root, fields), 1, "documents")
        return found

    def spans_of_ended(self, root: str) -> list[ReceivedSpan]:
        """The spans of a trace, once its request has ended, after all that it waited for."""
        eventually(lambda: [span for span in self.honeycomb.spans_of(root) if span.parent_id == ""], "the request's span")
        return self.honeycomb.spans_of(root)

    def _matching(self, root: str, fields: dict[str, Any]) -> list[dict[str, Any]]:
        return [document for document in self.xray.documents_of(root) if fields.items() <= document.items()]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    with ExitStack() as stack:
        xray = stack.enter_context(xray_api())
        daemon = stack.enter_context(real_daemon(xray.address, tmp_path_factory.mktemp("daemon")))
        honeycomb = stack.enter_context(honeycomb_double())
        service = stack.enter_context(
            running(
                served("library_calls"),
                HONEYCOMB_API_KEY="key",
                AWS_XRAY_DAEMON_ADDRESS=daemon,
                **honeycomb.environment,
            )
        )
        echo, aws = stack.enter_context(echo_service()), stack.enter_context(dynamodb_double())
        wait_for_rules(service, sampled=True)
        yield Traced(service, xray, honeycomb, echo, aws)


def test_whatever_is_instrumented_is_the_same_tree_in_both(traced: Traced) -> None:
    answer = traced.service.get(traced.every_library)
    assert answer.status == 200
    spans = traced.spans_of_ended(answer.root)

    in_xray, in_honeycomb = traced.trees(answer.root, len(spans))

    assert in_xray == in_honeycomb
    assert {span.name for span in spans} == EVERY_LIBRARY
    assert [parent for parent in in_xray.values() if parent and parent not in in_xray] == []


@pytest.mark.parametrize("client", ["httpx", "requests"])
def test_a_service_that_is_called_has_a_parent_that_is_in_both(traced: Traced, client: str) -> None:
    answer = traced.service.get(traced.every_library)

    header = answer.json[client]["x-amzn-trace-id"]
    called = re.fullmatch(rf"Root={answer.root};Parent=([0-9a-f]{{16}});Sampled=1", header)
    assert called
    document = traced.document(answer.root, id=called[1])
    assert (document["name"], document["namespace"]) == ("127.0.0.1", "remote")
    assert document["http"]["response"]["status"] == 200
    eventually_several(
        lambda: [span for span in traced.honeycomb.spans_of(answer.root) if span.span_id == called[1]], 1, "span"
    )


def test_a_call_of_aws_says_what_it_called(traced: Traced) -> None:
    root = traced.service.get(traced.dynamodb).root

    call = traced.document(root, namespace="aws")
    assert call["name"] == "DynamoDB"
    assert call["aws"] == {
        "operation": "PutItem",
        "region": "eu-central-1",
        "request_id": "REQUEST-ID",
        "table_name": "items",
        "retries": 0,
    }
    assert call["http"]["response"]["status"] == 200
    assert "sql" not in call
    assert "a secret" not in str(traced.xray.documents_of(root))


def test_a_statement_has_neither_literals_nor_parameters_in_either(traced: Traced) -> None:
    root = traced.service.get("/statement").root

    traced.document(root, name="test-service")
    statements = [
        document["sql"] for document in traced.xray.documents_of(root) if "sanitized_query" in document.get("sql", {})
    ]
    assert statements
    assert {statement["sanitized_query"] for statement in statements} == {"select ?, ?, ?", "PRAGMA read_uncommitted"}
    assert {statement["database_type"] for statement in statements} == {"sqlite"}
    spans = traced.spans_of_ended(root)
    assert "select ?, ?, ?" in {span.attributes.get("db.statement") for span in spans}
    assert "a secret" not in str(spans)


def test_spans_of_threads_and_those_that_end_late_are_kept(traced: Traced) -> None:
    root = traced.service.get("/threads").root

    in_xray, in_honeycomb = traced.trees(root, 6)
    assert in_xray == in_honeycomb
    request = traced.document(root, name="test-service")["id"]
    assert list(in_xray.values()).count(request) == 5


def test_code_of_the_xray_sdk_is_in_both_under_the_right_parent(traced: Traced) -> None:
    answer = traced.service.get("/recorder")
    root = answer.root

    in_xray, in_honeycomb = traced.trees(root, 4)
    assert in_xray == in_honeycomb
    segment = traced.document(root, name="test-service")
    outer = traced.document(root, name="by-recorder", parent_id=segment["id"])
    inner = traced.document(root, name="span-in-subsegment", parent_id=outer["id"])
    captured = traced.document(root, name="captured", parent_id=inner["id"])
    assert answer.json == {"segment": segment["id"], "subsegment": outer["id"]}
    assert (outer["annotations"], captured["annotations"]) == ({"items": 3}, {"inside": "captured"})
    assert segment["annotations"] == {"whole": True}
    assert segment["metadata"]["own"] == {"more": {"a": 1}}


def test_code_of_the_xray_sdk_works_in_a_request_that_xray_does_not_sample_and_is_in_honeycomb() -> None:
    with daemon_double(NOTHING) as xray, honeycomb_double() as honeycomb:
        environment = {"HONEYCOMB_API_KEY": "key", "AWS_XRAY_DAEMON_ADDRESS": xray.address, **honeycomb.environment}
        with running(served("library_calls"), **environment) as service:
            wait_for_rules(service, sampled=False)
            answer = service.get("/recorder")
            assert service.terminate() == 0

    assert answer.status == 200
    names = {span.name for span in honeycomb.spans_of(answer.root)}
    assert names == {"GET /recorder", "by-recorder", "span-in-subsegment", "captured"}
    assert xray.documents_of(answer.root) == []


def test_concurrent_requests_do_not_mix(traced: Traced) -> None:
    with ThreadPoolExecutor(8) as pool:
        roots = list(pool.map(lambda _: traced.service.get("/recorder").root, range(40)))

    for root in roots:
        in_xray, in_honeycomb = traced.trees(root, 4)
        assert in_xray == in_honeycomb
        assert len(set(in_xray.values())) == 4


def test_the_tracings_own_calls_are_not_traced() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = BotocoreInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        with daemon_double() as xray:
            sampler = CentralSampler(xray.address, origin=None)
            sampler._rules.load_rules(sampler._connector.fetch_sampling_rules())
            [rule] = sampler._rules.rules
            assert exporter.get_finished_spans() == ()
            sampler._connector.fetch_sampling_target([rule])
            assert exporter.get_finished_spans() == ()
            # any other call of the same client is
            sampler._connector._xray_client.get_groups()
            assert len(exporter.get_finished_spans()) == 1
    finally:
        instrumentor.uninstrument()
