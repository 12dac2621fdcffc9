"""X-Ray's decision about a request, or about work outside a request."""

from functools import lru_cache
from typing import Protocol
from wsgiref.types import WSGIEnvironment

from aws_xray_sdk.core.utils.search_pattern import wildcard_match

from flask_tracing._guard import internal_faults
from flask_tracing._request.trace_header import TraceHeader
from flask_tracing._sampling.decision import NOT_SAMPLED, XRayDecision

#: The host, method, and path of work outside a request, which only the pattern `*` matches. In the SDK any pattern matches a
#: missing field, so a rule for the health check would decide about jobs.
_NO_REQUEST = dict.fromkeys(("host", "method", "path"), "(no request)")


class Rules(Protocol):
    """Sampling rules."""

    def should_trace(self, sampling_req: dict[str, str | None]) -> str | bool:
        """Returns the name of the rule that records, `True` for the local rule, or `False`."""


class XRaySampling:
    """Decides by the sampling rules for the service."""

    def __init__(self, rules: Rules, service_name: str, dynamic_naming: str | None = None) -> None:
        self._rules = rules
        self.service_name = service_name
        self._dynamic_naming = dynamic_naming

    def decide_about_request(self, environ: WSGIEnvironment, header: TraceHeader) -> XRayDecision:
        """Returns the decision of a trusted caller, or else that of the rules."""
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        service = self._name_for(host)
        if header.sampled is not None:
            return XRayDecision(sampled=True, service=service) if header.sampled else NOT_SAMPLED
        path = environ.get("PATH_INFO") or "/"
        return self._decide({"service": service, "host": host, "method": environ["REQUEST_METHOD"], "path": path})

    def decide_about_work(self) -> XRayDecision:
        """Decides about a job, a queue consumer, or a script, by the service's name alone."""
        return self._decide({"service": self.service_name, **_NO_REQUEST})

    def should_trace(self, sampling_req: dict[str, str | None]) -> str | bool:
        """Returns the decision of the rules for the SDK's recorder, which works outside a request if a field is missing."""
        return self._ask({**_NO_REQUEST, **sampling_req})

    def _ask(self, sampling_req: dict[str, str | None]) -> str | bool:
        with internal_faults:
            return self._rules.should_trace(sampling_req)
        return False

    def _decide(self, sampling_req: dict[str, str | None]) -> XRayDecision:
        answer = self._ask(sampling_req)
        if not answer:
            return NOT_SAMPLED
        return XRayDecision(sampled=True, rule=answer if isinstance(answer, str) else None, service=sampling_req["service"])

    def _name_for(self, host: str) -> str:
        if self._dynamic_naming is not None and _matches(self._dynamic_naming, host):
            return host
        return self.service_name


@lru_cache(maxsize=256)
def _matches(pattern: str, host: str) -> bool:
    return bool(wildcard_match(pattern, host))
