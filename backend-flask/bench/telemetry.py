"""What the telemetry costs: `python -m bench.telemetry [--quick] [--memory]`. Every figure is from this one run.

The applications take turns, in short rounds, so that what else the machine does falls on all of them; a figure is the median
of the rounds, and what is compared is compared round by round.
CPU: time of the process, its background threads with it, over requests that are made in process.
Throughput: one gunicorn worker, as `gunicorn.conf.py` sets it up, and one client process with four connections.

What arrives in both backends is counted, since spans that are dropped cost little: the run fails if any of ours is lost.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.load import throughput
from bench.sinks import Backends, backends

BACKEND = Path(__file__).parent.parent

#: X-Ray's share of the requests: as the stack's rule has it, and all.
RULE, ALL = 0.1, 1.0
#: OpenTelemetry's spans of a request.
SPANS = 2
#: With 100 %, each request must have its documents; with 10 %, nearly as many as expected must arrive.
MIN_SHARE_OF_RATE = 0.8

MAX_CPU_RATIO = 0.27
MIN_THROUGHPUT_RATIO = 1.9
MAX_MEMORY_MIB = 60


@dataclass(frozen=True)
class Variant:
    """An application, and X-Ray's share of its requests."""

    name: str
    rate: float = RULE
    #: What each request sends, and each request that X-Ray samples.
    spans: int = 0
    documents: int = 0

    def __str__(self) -> str:
        return f"{self.name}, {self.rate:.0%}" if self.spans else self.name


BARE = Variant("bare")
OFF = Variant("off")
OURS = {rate: Variant("ours", rate, SPANS, documents=SPANS) for rate in (RULE, ALL)}
TUTORIAL = {rate: Variant("tutorial", rate, SPANS, documents=1) for rate in (RULE, ALL)}
VARIANTS = (BARE, OFF, *OURS.values(), *TUTORIAL.values())


@dataclass
class Arrivals:
    """What was due in the backends, and what has arrived, of all rounds of a variant."""

    variant: Variant
    requests: int = 0
    spans: int = 0
    traces: int = 0
    documents: int = 0

    def count(self, served: int, arrived: Backends) -> None:
        """Adds a round."""
        documents = arrived.documents_by_trace()
        self.requests += served
        # a few more may have been served than the client has counted
        self.spans += min(arrived.spans(), served * self.variant.spans)
        self.traces += len(documents)
        self.documents += documents.total()

    @property
    def dropped(self) -> float:
        """The share of the spans that is lost."""
        return 1 - self.spans / (self.requests * self.variant.spans)

    @property
    def sampled(self) -> float:
        """The share of the requests whose documents X-Ray has."""
        return self.documents / (self.requests * self.variant.documents)

    @property
    def is_lossless(self) -> bool:
        """Whether all is there; a trace has all its documents or none."""
        whole = self.documents == self.traces * self.variant.documents
        due = self.sampled >= (1 if self.variant.rate == ALL else MIN_SHARE_OF_RATE * self.variant.rate)
        return self.dropped == 0 and whole and due


@dataclass
class Figures:
    """The figures of each variant, round by round, and what arrived."""

    rounds: dict[Variant, list[float]] = field(default_factory=lambda: {variant: [] for variant in VARIANTS})
    arrivals: dict[Variant, Arrivals] = field(
        default_factory=lambda: {variant: Arrivals(variant) for variant in VARIANTS if variant.spans}
    )

    def median(self, variant: Variant) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds[variant])

    def median_of(self, combine: Callable[..., float], *variants: Variant) -> float:
        """The median of what is made of the figures of one round."""
        return statistics.median(map(combine, *(self.rounds[variant] for variant in variants)))


def main() -> None:
    """Runs everything and prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer requests: a first impression")
    parser.add_argument("--memory", action="store_true", help="also serve 100,000 requests and compare memory (three minutes)")
    arguments = parser.parse_args()
    rounds, requests = (3, 1_500) if arguments.quick else (9, 3_000)
    load_rounds, seconds = (3, 1.0) if arguments.quick else (11, 1.5)

    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs")
    lossless = print_cpu(rounds, requests)
    lossless &= print_throughput(load_rounds, seconds)
    if arguments.memory:
        print_memory()
    if not lossless:
        sys.exit("spans or documents of ours are lost: the figures are not those of a telemetry that works")


def print_cpu(rounds: int, requests: int) -> bool:
    """CPU time per request, and what of it is telemetry; false if any of ours was lost."""

    def measure(variant: Variant, arrived: Backends) -> tuple[float, int]:
        result = in_process(variant, arrived, requests)
        return result["cpu_us"], int(result["served"])

    figures = in_turns(rounds, measure)
    print(f"\nCPU time per request, in process ({rounds} rounds of {requests} requests)")
    for variant in VARIANTS:
        added = figures.median_of(lambda mine, bare: mine - bare, variant, BARE)
        print(f"  {variant!s:14} {figures.median(variant):7.0f} us   telemetry adds {added:6.0f} us")
    for rate in (RULE, ALL):
        ratio = figures.median_of(lambda ours, theirs, bare: (ours - bare) / (theirs - bare), OURS[rate], TUTORIAL[rate], BARE)
        text = f"at most {MAX_CPU_RATIO}"
        print(f"  X-Ray {rate:.0%}: ours adds {ratio:.2f} of what the tutorial's adds{aim(rate, text)}")
    return print_arrivals(figures)


def print_throughput(rounds: int, seconds: float) -> bool:
    """Requests a second; false if any of ours was lost."""

    def measure(variant: Variant, arrived: Backends) -> tuple[float, int]:
        wait_for_rules = partial(arrived.rules_fetched.wait, 10 if variant.spans else 0)
        return throughput(BACKEND, environment_of(arrived), variant.name, seconds, wait_for_rules)

    figures = in_turns(rounds, measure)
    print(f"\nThroughput of one gunicorn worker ({rounds} rounds of {seconds} s)")
    for variant in VARIANTS:
        print(f"  {variant!s:14} {figures.median(variant):7.0f} requests/s")
    for rate in (RULE, ALL):
        ratio = figures.median_of(lambda ours, theirs: ours / theirs, OURS[rate], TUTORIAL[rate])
        text = f"at least {MIN_THROUGHPUT_RATIO}"
        print(f"  X-Ray {rate:.0%}: ours serves {ratio:.2f} of what the tutorial's serves{aim(rate, text)}")
    return print_arrivals(figures)


def aim(rate: float, text: str) -> str:
    """The aims are of the stack's rule."""
    return f" (aim: {text})" if rate == RULE else ""


def print_arrivals(figures: Figures) -> bool:
    """What arrived of what was due; false if any of ours did not."""
    for variant, arrivals in figures.arrivals.items():
        print(
            f"  {variant!s:14} {arrivals.requests} requests: {arrivals.dropped:.2%} of their spans lost; "
            f"X-Ray has documents of {arrivals.sampled:.1%}"
        )
    sys.stdout.flush()
    return all(figures.arrivals[ours].is_lossless for ours in OURS.values())


def in_turns(rounds: int, measure: Callable[[Variant, Backends], tuple[float, int]]) -> Figures:
    """Measures each variant once a round; `measure` returns its figure, and how many requests it has served."""
    figures = Figures()
    for _ in range(rounds):
        for variant in VARIANTS:
            with backends(variant.rate) as arrived:
                figure, served = measure(variant, arrived)
                figures.rounds[variant].append(figure)
                if variant.spans:
                    figures.arrivals[variant].count(served, arrived)
    return figures


def print_memory() -> None:
    """Memory after many requests, all of which X-Ray samples."""
    print("\nMemory of the process after 10,000 and 100,000 more requests")
    memory: dict[Variant, float] = {}
    for variant in (BARE, OURS[ALL]):
        with backends(variant.rate) as arrived:
            result = in_process(variant, arrived, 100_000)
        print(f"  {variant!s:14} {result['memory_at_tenth_mib']:6.1f} MiB, {result['memory_mib']:6.1f} MiB")
        memory[variant] = result["memory_mib"]
    print(f"  ours needs {memory[OURS[ALL]] - memory[BARE]:.1f} MiB more than bare (aim: at most {MAX_MEMORY_MIB})")


def in_process(variant: Variant, arrived: Backends, requests: int) -> dict[str, float]:
    """Runs `bench.in_process` in a process of its own."""
    # standard output is a pipe that is read, as it is in a container
    done = subprocess.run(
        [sys.executable, "-m", "bench.in_process", variant.name, str(requests)],
        cwd=BACKEND,
        env=environment_of(arrived),
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return result


def environment_of(arrived: Backends) -> dict[str, str]:
    """This one's, without settings of the telemetry but those that lead to the backends."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "AWS_XRAY_"))},
        "OTEL_EXPORTER_OTLP_ENDPOINT": arrived.otlp_endpoint,
        "AWS_XRAY_DAEMON_ADDRESS": arrived.daemon_address,
        "OTEL_SERVICE_NAME": "backend-flask",
        # those that only the tests install
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "botocore,httpx,sqlalchemy,sqlite3",
    }


if __name__ == "__main__":
    main()
