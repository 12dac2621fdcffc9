"""The main job, on real input: the application as its image starts it, the real daemon beside it, real requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import wait_for_rules

from support.daemon import real_daemon
from support.honeycomb import OtlpDouble, honeycomb_double
from support.service import Service, running
from support.waiting import eventually
from support.xray import XRayDouble, xray_api


@contextmanager
def served_beside_the_daemon(directory: Path, rate: float) -> Iterator[tuple[Service, XRayDouble, OtlpDouble]]:
    """The application, once it samples by the rule that the daemon passes on; ended in order."""
    rule = {"FixedRate": rate, "ReservoirSize": 0}
    with xray_api(rule) as api, honeycomb_double() as honeycomb, real_daemon(api.address, directory) as daemon:
        with running(
            HONEYCOMB_API_KEY="key",
            **honeycomb.environment,
            AWS_XRAY_DAEMON_ADDRESS=daemon,
        ) as backend:
            wait_for_rules(backend, sampled=rate > 0)
            yield backend, api, honeycomb


def test_segments_pass_the_real_daemon_and_have_the_trace_ids_of_the_spans(tmp_path: Path) -> None:
    with served_beside_the_daemon(tmp_path, rate=1) as (backend, api, honeycomb):
        roots = [backend.get().root for _ in range(60)]
        failed = backend.get("/boom").root
        assert backend.terminate() == 0

        [fault] = eventually(lambda: api.segments_of(failed), "the segment of the failure")
        assert fault["cause"]["exceptions"][0]["type"] == "RuntimeError"
        for root in roots:
            [segment] = eventually(lambda root=root: api.segments_of(root), "the segment")  # type: ignore[misc]
            assert segment["name"] == "test-service"
            assert len(honeycomb.spans_of(root)) == 2


def test_the_real_daemon_passes_on_rules_under_which_nothing_is_recorded(tmp_path: Path) -> None:
    with served_beside_the_daemon(tmp_path, rate=0) as (backend, api, honeycomb):
        roots = [backend.get().root for _ in range(30)]
        assert backend.terminate() == 0

    assert all(len(honeycomb.spans_of(root)) == 2 for root in roots)
    assert not [root for root in roots if api.segments_of(root)]
