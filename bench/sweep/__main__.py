"""The sweeper: a hundred thousand timers of one minute, sent by the real code to a stub whose calls take ten
milliseconds; and a simulated week of ten million timers of a thousand shops (`bench/sweep/sweep_week.py`)."""

import json
import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.support import prices
from bench.support.figures import Figure, run
from bench.support.requests import ENVIRONMENT, TABLE
from bench.sweep.sweep_week import DAYS, TIMERS, SimulatedTimers, timers_by_second
from chalicelib.adapters.aws.keys import SHARDS
from chalicelib.adapters.aws.queues import BATCH, THREADS
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from infra.paths import ROOT

ONE_MINUTE, SERIAL = 100_000, 2_000
LIMIT_SECONDS, LATE_SECONDS = 10, 2
MONTH_DAYS = 30
QUEUES = ("clocks", "surveys", "deliveries", "routing")


@contextmanager
def stub(timers: int) -> Iterator[str]:
    """A stub with so many timers in every minute, in a process of its own. Gives its address."""
    command = [sys.executable, "-m", "bench.sweep.sweep_stub", str(timers), str(SHARDS)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{int(child.stdout.readline())}"
    finally:
        child.terminate()
        child.wait()


def counts(url: str) -> dict[str, int]:
    """How many messages the stub took, and how many calls it answered."""
    request = urllib.request.Request(url, b"{}", {"X-Amz-Target": "stub.Counts"})
    with urllib.request.urlopen(request) as answer:
        numbers: dict[str, int] = json.loads(answer.read())
    return numbers


def timer_table(url: str) -> Any:
    """The real adapter, on the stub."""
    os.environ |= {**ENVIRONMENT, "AWS_ENDPOINT_URL": url}
    from chalicelib.adapters.aws import clients
    from chalicelib.adapters.aws.dynamo import Table
    from chalicelib.adapters.aws.queues import Queues
    from chalicelib.adapters.timers.timer_table import TimerTable

    clients.client.cache_clear()
    queues = Queues({name: f"{url}/1/{name}" for name in QUEUES}, lambda: time.time_ns() // 1_000_000)
    return TimerTable(Table(TABLE), queues)


def one_minute() -> list[Figure]:
    """Hand over a minute full of timers, in parallel; and, a few, by one call after the other."""
    with stub(SERIAL) as url:
        table, minute = timer_table(url), time.time_ns() // 1_000_000 // MINUTE_MS * MINUTE_MS
        messages = _messages(minute)
        begun = time.perf_counter()
        for start in range(0, len(messages), BATCH):
            table.queues.send_batch(messages[start : start + BATCH])
        serial = time.perf_counter() - begun
    with stub(ONE_MINUTE) as url:
        table = timer_table(url)
        begun, cpu = time.perf_counter(), time.process_time()
        handed = table.hand_over(minute, minute + MINUTE_MS)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        sent, calls = counts(url)["Sent"], counts(url)["Calls"] - 1
    return [
        Figure(f"{ONE_MINUTE:,} timers of one minute sent, {THREADS} calls at once", seconds, "s", LIMIT_SECONDS),
        Figure("  timers not sent, or sent twice", abs(handed - ONE_MINUTE) + abs(sent - ONE_MINUTE), "", 0),
        Figure("  calls", calls, "", ONE_MINUTE / BATCH * 1.02),
        Figure("  CPU", cpu, "s"),
        Figure("  peak memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB", 256),
        Figure("  1,000 timers", seconds / ONE_MINUTE * 1000, "s"),
        Figure("  1,000 timers, one call after the other", serial / SERIAL * 1000, "s"),
    ]


def _messages(minute: int) -> list[Any]:
    """The messages of a few timers."""
    from chalicelib.adapters.aws.messages import TimerMessage
    from chalicelib.adapters.aws.queues import Outgoing

    return [Outgoing("clocks", TimerMessage(minute, "clock", f"{number:016d}"), minute) for number in range(SERIAL)]


def week() -> list[Figure]:
    """Sweep the week as it is, and as it was: one call after the other, with delays from the start of each run."""
    due = timers_by_second()
    ours, before = SimulatedTimers(due, THREADS, False), SimulatedTimers(due, 1, True)
    ours.run_week()
    before.run_week()
    gigabyte_seconds = ours.seconds * prices.GB_OF["sweeper"]
    dollars = (
        ours.requests * prices.SQS_REQUEST
        + ours.read_units * prices.READ_UNIT
        + ours.runs * prices.INVOCATION
        + gigabyte_seconds * prices.GB_SECOND
    )
    return [
        Figure(
            f"{sum(due.values()):,} timers in a week: lateness p99 of the last quarter hour",
            ours.lateness(0.99)[-1],
            "s",
            LATE_SECONDS,
        ),
        Figure("  of the worst quarter hour", max(ours.lateness(0.99)), "s", LATE_SECONDS),
        Figure("  p50 of the worst quarter hour", max(ours.lateness(0.5)), "s"),
        Figure("  as before, p99 of the worst quarter hour", max(before.lateness(0.99)), "s"),
        Figure("  timers of the fullest minute", ours.most),
        Figure("  requests to SQS in a week", ours.requests),
        Figure("  GB-seconds of Lambda in a week", gigabyte_seconds),
        Figure("  a month of it", dollars * MONTH_DAYS / DAYS, "$"),
        Figure("  per million timers", dollars / TIMERS * 1e6, "$"),
    ]


def measure() -> list[Figure]:
    """Both."""
    return one_minute() + week()


if __name__ == "__main__":
    run(measure)
