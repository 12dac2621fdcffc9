"""Drives one application in this process, and prints what a request costs: `python -m bench.in_process NAME REQUESTS`."""

import io
import json
import os
import sys
import time
from typing import Any

from opentelemetry import trace

from bench.apps import APPLICATIONS, DEFAULT_ROUTE

#: So many requests, then a pause: 1,000 to 2,000 requests a second.
BURST = 50
PAUSE_SECONDS = 0.02

_PAGE = os.sysconf("SC_PAGE_SIZE")


def main(name: str, requests: int) -> dict[str, float]:
    """CPU time of the process per request, in microseconds, its memory, in MiB, and how many requests it has served."""
    app = APPLICATIONS[name]()
    serve(app, 1)
    # the sampling rules are fetched in the background, by the tutorial's configuration after its first request
    time.sleep(1)
    warm_up = max(200, requests // 10)
    serve(app, warm_up)
    memory_at_tenth = resident_mib()
    started = time.process_time()
    serve(app, requests)
    cpu = time.process_time() - started
    return {
        "cpu_us": 1e6 * cpu / requests,
        "memory_at_tenth_mib": memory_at_tenth,
        "memory_mib": resident_mib(),
        "served": 1 + warm_up + requests,
    }


def serve(app: Any, requests: int) -> None:
    """Calls the application as a WSGI server does, and sends the spans that are left.

    A loop without pauses would starve the thread that exports: its queue overflows, and spans that are dropped cost little.
    """
    for number in range(requests):
        body = app(environ(), ignore_response)
        for _chunk in body:
            pass
        if hasattr(body, "close"):
            body.close()
        if number % BURST == 0:
            time.sleep(PAUSE_SECONDS)
    # the bare application has no SDK, and must not import it: its memory is compared
    flush = getattr(trace.get_tracer_provider(), "force_flush", None)
    if flush is not None:
        flush()


def environ() -> dict[str, Any]:
    """A request as it comes from a load balancer."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": DEFAULT_ROUTE,
        "QUERY_STRING": "",
        "RAW_URI": DEFAULT_ROUTE,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4567",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.9",
        "REMOTE_PORT": "40000",
        "HTTP_HOST": "api.example.com",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64)",
        "HTTP_ACCEPT": "application/json",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_AMZN_TRACE_ID": f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def ignore_response(_status: str, _headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
    """A `start_response` that takes anything."""
    return lambda _data: None


def resident_mib() -> float:
    """Memory of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * _PAGE / 2**20


if __name__ == "__main__":
    result = main(sys.argv[1], int(sys.argv[2]))
    # the console exporter of the tutorial's configuration has standard output
    print(json.dumps(result), file=sys.stderr)
