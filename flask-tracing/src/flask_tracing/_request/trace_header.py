"""Parses and renders the header `X-Amzn-Trace-Id`."""

import random
import re
import time
from typing import NamedTuple

TRACE_HEADER = "X-Amzn-Trace-Id"

#: Longer values are ignored. A load balancer's own is under 100 characters.
MAX_LENGTH = 1_024

_ROOT = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})", re.ASCII)
_PARENT = re.compile(r"[0-9a-f]{16}", re.ASCII)
_NO_PARENT = "0000000000000000"
_ROOT_ALONE = "Root="

#: X-Ray rejects segments whose trace ID is older than this, or further in the future than clocks differ.
OLDEST_SECONDS = 28 * 24 * 60 * 60
NEWEST_SECONDS = 5 * 60


class TraceHeader(NamedTuple):
    """The well-formed fields of a header; the others are `None`."""

    root: str | None = None
    parent: str | None = None
    sampled: bool | None = None


EMPTY = TraceHeader()


def parse(text: str) -> TraceHeader:
    """Parses a header from an untrusted source.

    Returns no fields for a header that was sent twice, which arrives joined by a comma, for one with a repeated field, and for
    a trace ID from more than 28 days ago or from the future, whose segments X-Ray would reject.
    """
    if len(text) > MAX_LENGTH:
        return EMPTY
    if _ROOT.fullmatch(text, len(_ROOT_ALONE)) and text.startswith(_ROOT_ALONE):
        # what a load balancer adds if the client sends none
        root = text[len(_ROOT_ALONE) :]
        return TraceHeader(root) if _is_recent(root) else EMPTY
    fields: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        name = name.strip()
        if not name:
            continue
        if name in fields:
            return EMPTY
        fields[name] = value.strip()
    root = fields.get("Root", "")
    if not _ROOT.fullmatch(root) or not _is_recent(root):
        return EMPTY
    parent = fields.get("Parent", "")
    return TraceHeader(
        root=root,
        parent=parent if _PARENT.fullmatch(parent) and parent != _NO_PARENT else None,
        sampled={"0": False, "1": True}.get(fields.get("Sampled", "")),
    )


def _is_recent(root: str) -> bool:
    return -NEWEST_SECONDS <= time.time() - int(root[2:10], 16) <= OLDEST_SECONDS


def render(root: str, parent: str | None = None, sampled: bool | None = None) -> str:
    """Renders a header."""
    text = f"Root={root}"
    if parent is not None:
        text += f";Parent={parent}"
    if sampled is not None:
        text += f";Sampled={sampled:d}"
    return text


def new_root() -> str:
    """Returns a new trace ID in X-Ray's format: version, seconds since 1970, and 96 random bits, in hexadecimal."""
    return f"1-{int(time.time()):08x}-{random.getrandbits(96):024x}"


def root_to_int(root: str) -> int:
    """Converts a trace ID from X-Ray's format to OpenTelemetry's, an integer of 128 bits."""
    return int(root[2:10] + root[11:], 16)


def int_to_root(trace_id: int) -> str:
    """Converts a trace ID from OpenTelemetry's format to X-Ray's."""
    digits = f"{trace_id:032x}"
    return f"1-{digits[:8]}-{digits[8:]}"
