"""The HTTP session that the span exporter uses."""

import inspect
from typing import Any

import requests


class UntracedSession(requests.Session):
    """A session whose requests are not themselves traced, and that keeps the last response.

    The X-Ray SDK's patch replaces methods of `requests.Session`, for an application that applies it; this session keeps the
    methods as `requests` wrote them, before or after the patch. OpenTelemetry's instrumentation honours the exporter's
    context.
    """

    _request = inspect.unwrap(requests.Session.request)
    prepare_request = inspect.unwrap(requests.Session.prepare_request)

    def __init__(self) -> None:
        super().__init__()
        self.last_response: requests.Response | None = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Sends a request; `last_response` stays the one before until it is answered."""
        self.last_response = self._request(*args, **kwargs)
        return self.last_response
