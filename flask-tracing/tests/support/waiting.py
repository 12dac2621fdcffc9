"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Long enough for a slow machine; a test that passes waits a fraction of it.
PATIENCE_SECONDS = 30.0


def eventually(look: Callable[[], T], what: str = "it", patience: float = PATIENCE_SECONDS) -> T:
    """Returns the first true value that `look` gives."""
    until = time.monotonic() + patience
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not happen within {patience:.0f} s; last seen: {value!r}")
        time.sleep(0.02)


def eventually_several(look: Callable[[], list[T]], count: int, what: str) -> list[T]:
    """Returns what `look` gives as soon as it is that many."""
    eventually(lambda: len(look()) >= count, f"{count} {what}")
    found = look()
    assert len(found) == count
    return found
