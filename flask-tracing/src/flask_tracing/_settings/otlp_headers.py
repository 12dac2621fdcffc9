"""Parses the headers of the batches of spans, from text that may be malformed and that may hold a key."""

import re
from urllib.parse import unquote

HONEYCOMB_TEAM_HEADER = "x-honeycomb-team"

#: RFC 9110: a field name is a token; a value is visible ASCII, with spaces and tabs only inside.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
_KEY = re.compile(r"[\x21-\x7e]+")


def parse_headers(text: str) -> tuple[dict[str, str], int]:
    """Parses comma-separated, URL-encoded `name=value` pairs, as OpenTelemetry defines them.

    Returns the headers, with names in lower case, and the number of malformed entries, which are skipped.
    """
    headers: dict[str, str] = {}
    malformed = 0
    for entry in filter(None, map(str.strip, text.split(","))):
        name, _, value = (unquote(part).strip() for part in entry.partition("="))
        if _NAME.fullmatch(name) and _VALUE.fullmatch(value):
            headers[name.lower()] = value
        else:
            malformed += 1
    return headers, malformed


def is_sendable_key(key: str) -> bool:
    """Whether a header can carry the key."""
    return _KEY.fullmatch(key) is not None
