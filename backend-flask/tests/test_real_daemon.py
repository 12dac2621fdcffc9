"""The main job, on real input: the application as its image starts it, the real daemon beside it, real requests."""

from pathlib import Path

from tests.conftest import wait_for_rules
from tests.support.backend import TEST_APPLICATION, running
from tests.support.daemon import real_daemon
from tests.support.honeycomb import honeycomb_double
from tests.support.waiting import eventually
from tests.support.xray import xray_api


def test_segments_pass_the_real_daemon_and_have_the_trace_ids_of_the_spans(tmp_path: Path) -> None:
    with xray_api() as api, honeycomb_double() as honeycomb, real_daemon(api.address, tmp_path) as daemon:
        with running(
            TEST_APPLICATION,
            HONEYCOMB_API_KEY="key",
            OTEL_EXPORTER_OTLP_ENDPOINT=honeycomb.url,
            AWS_XRAY_DAEMON_ADDRESS=daemon,
        ) as backend:
            wait_for_rules(backend, sampled=True)
            roots = [backend.get().root for _ in range(60)]
            failed = backend.get("/boom").root
            assert backend.terminate() == 0

        [fault] = eventually(lambda: api.segments_of(failed), "the segment of the failure")
        assert fault["cause"]["exceptions"][0]["type"] == "RuntimeError"
        for root in roots:
            [segment] = eventually(lambda root=root: api.segments_of(root), "the segment")  # type: ignore[misc]
            assert segment["name"] == "backend-flask"
            assert len(honeycomb.spans_of(root)) == 2


def test_the_real_daemon_passes_on_rules_under_which_nothing_is_recorded(tmp_path: Path) -> None:
    with xray_api({"FixedRate": 0.0}) as api, honeycomb_double() as honeycomb, real_daemon(api.address, tmp_path) as daemon:
        with running(
            TEST_APPLICATION,
            HONEYCOMB_API_KEY="key",
            OTEL_EXPORTER_OTLP_ENDPOINT=honeycomb.url,
            AWS_XRAY_DAEMON_ADDRESS=daemon,
        ) as backend:
            wait_for_rules(backend, sampled=False)
            roots = [backend.get().root for _ in range(30)]
            assert backend.terminate() == 0

    assert all(len(honeycomb.spans_of(root)) == 2 for root in roots)
    assert not [root for root in roots if api.segments_of(root)]
