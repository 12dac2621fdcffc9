"""The configuration of the tracing, complete and valid.

Without a library: pydantic-settings and environs take longer to import than a container's health check takes to run, and
neither replaces an invalid value with its default and reports it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Severity(Enum):
    """The severity of a problem: an error has to be fixed, a warning may be intended."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in the environment, in a message that is safe to log."""

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
    """Where batches of spans are sent."""

    #: The complete URL, including the path.
    endpoint: str
    #: The host of `endpoint`, which is safe to log.
    host: str
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpanSettings:
    """What is recorded."""

    #: One trace in this many is exported; 0 exports none.
    keep_one_in: int
    #: Maximum length of a text in characters; longer ones are truncated.
    max_text: int
    record_query: bool
    #: Whether attributes have the older names, the stable names, or both.
    old_names: bool
    stable_names: bool
    disabled_instrumentations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the environment."""

    service_name: str
    excluded_paths: re.Pattern[str] | None
    trust_incoming_trace: bool
    #: `None` if X-Ray is off.
    xray: XRaySettings | None
    #: `None` if spans are not sent to an OTLP endpoint.
    otlp: OtlpSettings | None
    export_to_console: bool
    spans: SpanSettings
    problems: tuple[Problem, ...]

    @property
    def is_on(self) -> bool:
        """Whether any backend is on."""
        return self.xray is not None or self.otlp is not None or self.export_to_console
