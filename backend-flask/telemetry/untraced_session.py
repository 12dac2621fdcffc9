"""The HTTP session that the span exporter uses."""

import inspect

import requests


class UntracedSession(requests.Session):
    """A session whose requests are not themselves traced.

    X-Ray's patch replaces methods of `requests.Session`; in the exporter's thread there is no segment, and each batch would log
    that. This session keeps the methods as `requests` wrote them, before or after the patch.
    """

    request = inspect.unwrap(requests.Session.request)
    prepare_request = inspect.unwrap(requests.Session.prepare_request)
