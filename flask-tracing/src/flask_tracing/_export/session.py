"""The HTTP session that the span exporter uses."""

import inspect
from typing import Any

import requests


class UntracedSession(requests.Session):
    """A session whose requests are not traced, and that keeps the last response.

    If the application applies the X-Ray SDK's patch, it replaces methods of `requests.Session`; this session uses the original
    ones, before and after the patch. OpenTelemetry's instrumentation respects the exporter's context.
    """

    _request = inspect.unwrap(requests.Session.request)
    prepare_request = inspect.unwrap(requests.Session.prepare_request)

    def __init__(self) -> None:
        super().__init__()
        self.last_response: requests.Response | None = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Sends a request, and sets `last_response` when it is answered."""
        self.last_response = self._request(*args, **kwargs)
        return self.last_response
