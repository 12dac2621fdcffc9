"""The environment variables that the application reads. The health check reads them too: nothing of weight is imported."""

import logging
import os
import re
from collections.abc import Mapping

log = logging.getLogger(__name__)

DEFAULT_BIND_HOST = "127.0.0.1"
DEFAULT_PORT = 4567
DEFAULT_HEALTH_CHECK_PATH = "/api/health-check"


class ConfigurationError(ValueError):
    """A value without which the application cannot start."""


def load_port(environ: Mapping[str, str] = os.environ) -> int:
    """`PORT`: the TCP port to serve on, 1 to 65535. A server without a port is useless, so any other value is an error."""
    text = environ.get("PORT", str(DEFAULT_PORT))
    if re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= 65_535:
        return int(text)
    raise ConfigurationError(f"`PORT` must be a whole number from 1 to 65535, got: {text!r}")


def load_bind_host(environ: Mapping[str, str] = os.environ) -> str:
    """`BIND_HOST`: the address to listen on: loopback, unless a container asks for all with `0.0.0.0`."""
    return environ.get("BIND_HOST") or DEFAULT_BIND_HOST


def load_health_check_path(environ: Mapping[str, str] = os.environ) -> str:
    """`HEALTH_CHECK_PATH`: one absolute path; another value is an error in the log, and the check is at the default path."""
    path = environ.get("HEALTH_CHECK_PATH", DEFAULT_HEALTH_CHECK_PATH)
    if re.fullmatch(r"/[A-Za-z0-9._~!$&'()+;=:@/%-]*", path):
        return path
    log.error("`HEALTH_CHECK_PATH` must be one absolute path, got: %r; the check is at %s", path, DEFAULT_HEALTH_CHECK_PATH)
    return DEFAULT_HEALTH_CHECK_PATH
