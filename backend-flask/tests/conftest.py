"""One application for the tests that need nothing special, between the real daemon's double and Honeycomb's."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from support.honeycomb import OtlpDouble, honeycomb_double
from support.service import Service, running
from support.waiting import eventually
from support.xray import EVERYTHING, XRayDouble, daemon_double

from image import HOME, IMAGE


@dataclass
class Traced:
    """The running application and both backends."""

    service: Service
    xray: XRayDouble
    honeycomb: OtlpDouble


@pytest.fixture(scope="session")
def traced() -> Iterator[Traced]:
    """The application in the environment that the stack gives it; X-Ray records everything."""
    with daemon_double(EVERYTHING) as xray, honeycomb_double() as honeycomb:
        with running(
            IMAGE,
            OTEL_SERVICE_NAME="backend-flask",
            OTEL_EXPORTER_OTLP_ENDPOINT="https://api.honeycomb.io",
            OTEL_PYTHON_FLASK_EXCLUDED_URLS=r"^(https?://[^/?#]+)?/api/health\-check(\?|\Z)",
            AWS_XRAY_TRACING_NAME="backend-flask",
            AWS_XRAY_DAEMON_ADDRESS=xray.address,
            HONEYCOMB_API_KEY="key-of-a-team",
            **honeycomb.environment,
        ) as service:
            eventually(lambda: xray.segments_of(service.get(HOME).root), "sampling by the rule")
            yield Traced(service, xray, honeycomb)
