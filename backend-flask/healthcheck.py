"""The container's health check: exit code 0 if the application answers 200. The image has no curl."""

import http.client
import sys

from settings import load_health_check_path, load_port

TIMEOUT_SECONDS = 3


def main() -> int:
    """The exit code."""
    connection = http.client.HTTPConnection("127.0.0.1", load_port(), timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", load_health_check_path())
        status = connection.getresponse().status
    except OSError as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 1
    if status != http.client.OK:
        print(f"answered {status}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
