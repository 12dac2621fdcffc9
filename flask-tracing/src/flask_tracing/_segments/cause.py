"""The `cause` block of a document: exceptions with their stacks and causes."""

import random
import re
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind

Document = dict[str, Any]

_FRAME = re.compile(r'^  File "(?P<path>[^"]*)", line (?P<line>\d+), in (?P<label>.*)$', re.MULTILINE)
_CHAIN = re.compile(
    r"\n(?:The above exception was the direct cause of the following exception"
    r"|During handling of the above exception, another exception occurred):\n"
)
_LAST_LINES = re.compile(r"^(?P<type>[\w.]+)(?:: (?P<message>.*))?\Z", re.MULTILINE | re.DOTALL)

#: The stack of a recursion may have a thousand frames that repeat.
MAX_FRAMES = 64


def exceptions_of(span: ReadableSpan) -> list[Document]:
    """Returns the exceptions of the span, each followed by its cause, whose ID it has."""
    remote = span.kind in (SpanKind.CLIENT, SpanKind.PRODUCER)
    found: list[Document] = []
    for event in span.events:
        if event.name == "exception":
            found += _chain(dict(event.attributes or {}), remote=remote)
    return found


def _chain(event: dict[str, Any], *, remote: bool) -> list[Document]:
    """Splits a stack trace. Python prints the first cause first; in X-Ray the exception is first."""
    *causes, last = _CHAIN.split(str(event.get("exception.stacktrace") or ""))
    chain = [_exception(event.get("exception.type"), event.get("exception.message"), last, remote=remote)]
    for block in reversed(causes):
        stated = _LAST_LINES.search(_after_frames(block))
        kind, message = (stated["type"], stated["message"]) if stated else ("Exception", None)
        chain[-1]["cause"] = (cause := _exception(kind, message, block, remote=remote))["id"]
        chain.append(cause)
    return chain


def _after_frames(block: str) -> str:
    """Returns the type and the message, which follow the last frame and its line of source."""
    last = 0
    for frame in _FRAME.finditer(block):
        last = frame.end()
    lines = block[last:].strip("\n").split("\n")
    return "\n".join(line for index, line in enumerate(lines) if index or not line.startswith("    ")).strip("\n")


def _exception(kind: Any, message: Any, block: str, *, remote: bool) -> Document:
    exception: Document = {"id": f"{random.getrandbits(64):016x}", "type": str(kind or "Exception"), "remote": remote}
    if message:
        exception["message"] = str(message)
    stack = [{"path": frame["path"], "line": int(frame["line"]), "label": frame["label"]} for frame in _FRAME.finditer(block)]
    if stack:
        # the innermost first, as X-Ray's console shows it
        exception["stack"] = stack[: -MAX_FRAMES - 1 : -1]
        if len(stack) > MAX_FRAMES:
            exception["truncated"] = len(stack) - MAX_FRAMES
    return exception
