"""Decides which requests X-Ray records, by the sampling rules that it fetches through the daemon.

It is built from the SDK's parts. Unlike the SDK's `DefaultSampler`, it fetches rules when the process starts, not at the first
request, and it retries a failed fetch within seconds, not after five minutes: if the daemon starts late, local rules apply only
for seconds.
"""

import logging
import random
import threading
import time
from typing import Any

from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.connector import ServiceConnector
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler
from aws_xray_sdk.core.sampling.reservoir import ReservoirDecision
from aws_xray_sdk.core.sampling.rule_cache import RuleCache
from aws_xray_sdk.core.sampling.sampling_rule import SamplingRule
from aws_xray_sdk.core.sampling.target_poller import TargetPoller
from opentelemetry.instrumentation.utils import suppress_instrumentation

log = logging.getLogger(__name__)

#: The interval of fetches after the first; the SDK's own.
REFRESH_SECONDS = 300.0
#: The first and the longest pause after a failed fetch. It doubles in between.
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 15.0


class CentralSampler:
    """Samples by X-Ray's rules; until they are fetched, by the SDK's local rule: one request a second, and 5 % of the rest."""

    def __init__(self, daemon_address: str, origin: str | None) -> None:
        daemon = DaemonConfig(daemon_address)
        self._origin = origin
        self._connector = _UntracedConnector()
        self._connector.setup_xray_client(ip=daemon.tcp_ip, port=daemon.tcp_port, client=None)
        self._rules = RuleCache()
        self._local = LocalSampler()
        self._fetch_now = threading.Event()

    def start(self) -> None:
        """Starts the two threads that fetch rules and report what was sampled."""
        threading.Thread(target=self._keep_rules, name="fetch-sampling-rules", daemon=True).start()
        TargetPoller(self._rules, self, self._connector).start()

    def wake_up(self) -> None:
        """Fetches the rules now. The SDK's target poller calls it when X-Ray reports that they have changed."""
        self._fetch_now.set()

    def should_trace(self, sampling_req: dict[str, str | None]) -> str | bool:
        """Returns the name of the rule that records the request, `True` for a local rule, or `False`."""
        now = int(time.time())
        rule = self._rules.get_matched_rule({**sampling_req, "service_type": self._origin}, now)
        if rule is None:
            return bool(self._local.should_trace(sampling_req))
        return rule.name if _records(rule, now) else False

    def _keep_rules(self) -> None:
        retry = FIRST_RETRY_SECONDS
        while True:
            try:
                rules = self._connector.fetch_sampling_rules()
                if rules:
                    self._rules.load_rules(rules)
                    self._rules.last_updated = int(time.time())
                pause = REFRESH_SECONDS + random.uniform(0, 5)
                retry = FIRST_RETRY_SECONDS
            except Exception as error:
                log.warning("no sampling rules from the X-Ray daemon; trying again: %s", error)
                pause = retry
                retry = min(2 * retry, LONGEST_RETRY_SECONDS)
            self._fetch_now.wait(pause)
            self._fetch_now.clear()


class _UntracedConnector(ServiceConnector):  # type: ignore[misc] # published without types
    """The SDK's connector, without traces of its own calls by an instrumentation of botocore or urllib3."""

    def fetch_sampling_rules(self) -> Any:
        with suppress_instrumentation():
            return super().fetch_sampling_rules()

    def fetch_sampling_target(self, rules: list[SamplingRule]) -> Any:
        with suppress_instrumentation():
            return super().fetch_sampling_target(rules)


def _records(rule: SamplingRule, now: int) -> bool:
    """Counts a request for the rule, and returns whether the rule records it."""
    rule.increment_request_count()
    decision = rule.reservoir.borrow_or_take(now, rule.can_borrow)
    if decision is ReservoirDecision.BORROW:
        rule.increment_borrow_count()
        return True
    if decision is ReservoirDecision.TAKE or random.random() < rule.rate:
        rule.increment_sampled_count()
        return True
    return False
