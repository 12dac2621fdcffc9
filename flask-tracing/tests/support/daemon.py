"""The real X-Ray daemon."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.service import TESTS, free_port

_BESIDE_THE_REPOSITORY = TESTS.parent.parent.parent / "shared" / "xray-daemon" / "xray"


def daemon_binary() -> Path:
    """The path in `XRAY_DAEMON`, or the one beside the repository; skips the test if there is neither.

    A path that is given must lead to a daemon: a CI that means to run these tests must not skip them.
    """
    given = os.environ.get("XRAY_DAEMON")
    path = Path(given) if given else _BESIDE_THE_REPOSITORY
    if path.is_file():
        return path
    if given:
        raise FileNotFoundError(f"`XRAY_DAEMON` must be the path of the X-Ray daemon, got: {given}")
    pytest.skip("no X-Ray daemon: set `XRAY_DAEMON` to the path of one")


@contextmanager
def real_daemon(api: str, directory: Path) -> Iterator[str]:
    """Runs the daemon in front of an API double; its `host:port`."""
    address = f"127.0.0.1:{free_port()}"
    settings = directory / "xray.yaml"
    settings.write_text(f'Version: 2\nEndpoint: "{api}"\n')
    process = subprocess.Popen(
        [str(daemon_binary()), "-c", str(settings), "-o", "-b", address, "-t", address],
        env={"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield address
    finally:
        process.terminate()
        process.wait(20)
