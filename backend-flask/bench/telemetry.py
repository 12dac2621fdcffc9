"""What the telemetry costs: `python -m bench.telemetry [--quick] [--memory]`. Every figure is from this one run.

The applications take turns, in short rounds, so that what else the machine does falls on all of them; a figure is the median
of the rounds, and what is compared is compared round by round.
CPU: time of the process, its background threads with it, over requests that are made in process.
Throughput: one gunicorn worker, as `gunicorn.conf.py` sets it up, and one client process with four connections.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.load import throughput
from bench.sinks import otlp_sink, segment_sink

BACKEND = Path(__file__).parent.parent
NAMES = ("bare", "off", "ours", "seed")


def main() -> None:
    """Runs everything and prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer requests: a first impression")
    parser.add_argument("--memory", action="store_true", help="also serve 100,000 requests and compare memory (two minutes)")
    arguments = parser.parse_args()
    rounds, requests = (3, 1_500) if arguments.quick else (9, 4_000)
    load_rounds, seconds = (3, 1.0) if arguments.quick else (15, 1.5)

    with otlp_sink() as endpoint, segment_sink() as daemon:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "AWS_XRAY_"))},
            "HONEYCOMB_API_KEY": "bench",
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "AWS_XRAY_DAEMON_ADDRESS": daemon,
            "OTEL_SERVICE_NAME": "backend-flask",
            # those that only the tests install
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "botocore,httpx,sqlalchemy,sqlite3",
        }
        print_cpu(environment, rounds, requests)
        print_throughput(environment, load_rounds, seconds)
        if arguments.memory:
            print_memory(environment)


def print_cpu(environment: dict[str, str], rounds: int, requests: int) -> None:
    """CPU time per request, and what of it is telemetry."""
    cpu = in_turns(rounds, lambda name: in_process(environment, name, requests)["cpu_us"])
    added = {name: [mine - bare for mine, bare in zip(cpu[name], cpu["bare"], strict=True)] for name in NAMES}
    print(f"\nCPU time per request, in process ({rounds} rounds of {requests} requests)")
    for name in NAMES:
        print(f"  {name:5} {statistics.median(cpu[name]):7.0f} us   telemetry adds {statistics.median(added[name]):6.0f} us")
    ratio = median_ratio(added["ours"], added["seed"])
    print(f"  ours adds {ratio:.2f} of what the seed's adds (aim: at most 0.50)", flush=True)


def print_throughput(environment: dict[str, str], rounds: int, seconds: float) -> None:
    """Requests a second."""
    rates = in_turns(rounds, lambda name: throughput(BACKEND, environment, name, seconds))
    print(f"\nThroughput of one gunicorn worker ({rounds} rounds of {seconds} s)")
    for name in NAMES:
        print(f"  {name:5} {statistics.median(rates[name]):7.0f} requests/s")
    ratio = median_ratio(rates["ours"], rates["seed"])
    print(f"  ours serves {ratio:.2f} times what the seed's serves (aim: at least 1.50)", flush=True)


def in_turns(rounds: int, measure: Callable[[str], float]) -> dict[str, list[float]]:
    """Measures each application once a round; their figures, round by round."""
    figures: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(rounds):
        for name in NAMES:
            figures[name].append(measure(name))
    return figures


def median_ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios of the rounds."""
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


def print_memory(environment: dict[str, str]) -> None:
    """Memory after many requests."""
    print("\nMemory of the process after 10,000 and 100,000 more requests")
    bare = in_process(environment, "bare", 100_000)
    ours = in_process(environment, "ours", 100_000)
    for name, result in (("bare", bare), ("ours", ours)):
        print(f"  {name:5} {result['memory_at_tenth_mib']:6.1f} MiB, {result['memory_mib']:6.1f} MiB")
    print(f"  ours needs {ours['memory_mib'] - bare['memory_mib']:.1f} MiB more than bare (aim: at most 60)")


def in_process(environment: dict[str, str], name: str, requests: int) -> dict[str, float]:
    """Runs `bench.in_process` in a process of its own."""
    # standard output is a pipe that is read, as it is in a container
    done = subprocess.run(
        [sys.executable, "-m", "bench.in_process", name, str(requests)],
        cwd=BACKEND,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
