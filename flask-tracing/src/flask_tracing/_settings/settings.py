"""The configuration of the tracing, complete and valid.

Read by hand: pydantic-settings and environs take longer to import than the whole of a container's health check takes to run,
and neither replaces a bad value by its default with a line that says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Severity(Enum):
    """How loud a problem is: an error needs a person, a warning may be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the environment, in words that are safe to log."""

    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class XRaySettings:
    """How segments are named and sent."""

    service_name: str
    daemon_address: str
    dynamic_naming: str | None
    on_ecs: bool


@dataclass(frozen=True, slots=True)
class OtlpSettings:
    """Where batches of spans go."""

    #: The whole URL, with its path.
    endpoint: str
    #: The host in it, which a log line may show.
    host: str
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpanSettings:
    """What is recorded."""

    #: Of how many traces one is exported: 1 exports all, 0 none.
    keep_one_in: int
    #: Characters of a text; longer ones are cut.
    max_text: int
    record_query: bool
    #: Names of attributes: the older ones, the stable ones, or both.
    old_names: bool
    stable_names: bool
    disabled_instrumentations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says."""

    service_name: str
    excluded_paths: re.Pattern[str] | None
    trust_incoming_trace: bool
    #: `None`: X-Ray is off.
    xray: XRaySettings | None
    #: `None`: spans are not sent over the network.
    otlp: OtlpSettings | None
    export_to_console: bool
    spans: SpanSettings
    problems: tuple[Problem, ...]

    @property
    def is_on(self) -> bool:
        """Whether any backend is."""
        return self.xray is not None or self.otlp is not None or self.export_to_console
