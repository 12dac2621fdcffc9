"""The header `X-Amzn-Trace-Id`: what of it is believed, and how it is written."""

import random
import re
import time
from typing import NamedTuple

TRACE_HEADER = "X-Amzn-Trace-Id"

#: Longer values are not looked at. A load balancer's own is under 100 characters.
MAX_LENGTH = 1_024

_ROOT = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})", re.ASCII)
_PARENT = re.compile(r"[0-9a-f]{16}", re.ASCII)
_NO_PARENT = "0000000000000000"
_ROOT_ALONE = "Root="

#: X-Ray takes no segment whose trace id is older than this, or further in the future than clocks are apart.
OLDEST_SECONDS = 28 * 24 * 60 * 60
NEWEST_SECONDS = 5 * 60


class TraceHeader(NamedTuple):
    """The fields of a header that are well-formed; the others are `None`."""

    root: str | None = None
    parent: str | None = None
    sampled: bool | None = None


EMPTY = TraceHeader()


def parse(text: str) -> TraceHeader:
    """Reads a header that anyone may have written.

    A header sent twice arrives joined by a comma, and a field given twice has no one value: neither is believed. Nor is a
    trace id of a time that X-Ray takes no segments of, 28 days ago or in the future: every segment of such a trace would be
    lost.
    """
    if len(text) > MAX_LENGTH:
        return EMPTY
    if _ROOT.fullmatch(text, len(_ROOT_ALONE)) and text.startswith(_ROOT_ALONE):
        # what a load balancer writes for a client that sends none
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
    """Writes a header."""
    text = f"Root={root}"
    if parent is not None:
        text += f";Parent={parent}"
    if sampled is not None:
        text += f";Sampled={sampled:d}"
    return text


def new_root() -> str:
    """A trace id in X-Ray's form: version, seconds since 1970, 96 random bits, all in hexadecimal."""
    return f"1-{int(time.time()):08x}-{random.getrandbits(96):024x}"


def root_to_int(root: str) -> int:
    """The same id as OpenTelemetry has it: 128 bits."""
    return int(root[2:10] + root[11:], 16)


def int_to_root(trace_id: int) -> str:
    """The same id as X-Ray has it."""
    digits = f"{trace_id:032x}"
    return f"1-{digits[:8]}-{digits[8:]}"
