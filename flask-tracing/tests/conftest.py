"""Fixtures: one application for the tests that need nothing special, started once a process."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from support.honeycomb import OtlpDouble, honeycomb_double
from support.service import Service, running
from support.waiting import eventually
from support.xray import EVERYTHING, NOTHING, XRayDouble, daemon_double


class Stack:
    """A running application between the two doubles."""

    def __init__(self, backend: Service, xray: XRayDouble, honeycomb: OtlpDouble) -> None:
        self.backend = backend
        self.xray = xray
        self.honeycomb = honeycomb


def wait_for_rules(backend: Service, *, sampled: bool) -> None:
    """Waits until X-Ray's rules decide, and no longer the local rule."""
    eventually(lambda: all(backend.get("/sampled").json["sampled"] is sampled for _ in range(5)), "sampling by the rules")


@contextmanager
def running_stack(*, sampled: bool, **environment: str) -> Iterator[Stack]:
    """The application, once it samples by a rule that records everything, or nothing."""
    with daemon_double(EVERYTHING if sampled else NOTHING) as xray, honeycomb_double() as honeycomb:
        with running(
            HONEYCOMB_API_KEY="key-of-a-team",
            **honeycomb.environment,
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
            **environment,
        ) as backend:
            wait_for_rules(backend, sampled=sampled)
            yield Stack(backend, xray, honeycomb)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The application as a stack configures it; X-Ray records everything."""
    with running_stack(
        sampled=True,
        OTEL_SERVICE_NAME="test-service",
        OTEL_RESOURCE_ATTRIBUTES="service.version=1.2.3,deployment.environment.name=dev",
    ) as stack:
        yield stack


@pytest.fixture(scope="session")
def unsampled_stack() -> Iterator[Stack]:
    """The same, but X-Ray records nothing."""
    with running_stack(sampled=False) as stack:
        yield stack


@pytest.fixture(scope="session")
def trusting_stack() -> Iterator[Stack]:
    """The same as `stack`, but its callers are trusted."""
    with running_stack(
        sampled=True,
        TRUST_INCOMING_TRACE="true",
        OTEL_SERVICE_NAME="named-by-hand",
        AWS_XRAY_TRACING_NAME="test-service",
    ) as stack:
        yield stack
