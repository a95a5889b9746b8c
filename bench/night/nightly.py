"""A nightly job from its message to its last write, through the worker of its function, against the stub at
`AWS_ENDPOINT_URL`. Arguments: the file for what was measured, the day that is requested, and how many days before it
are marked. The first job, of a day on which nothing happened, loads the libraries and is not measured."""

import json
import os
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.support.clock import cpu, peak_mib
from bench.support.requests import SHOP
from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.messages import NightlyJobMessage
from chalicelib.adapters.customers import segments
from chalicelib.adapters.metrics.duckdb_metrics import DuckDbMetrics
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import next_day
from chalicelib.entrypoints.workers import nightly

QUIET_DAY = "2026-01-01"
DUCKDB = ("load", "records", "listed_cases", "parquet")
"""The methods that do nothing but have DuckDB load, compute and write."""
OF_SEGMENTS = ("read_again", "compute_segments")
"""The steps of the job about customers' segments; in the second, DuckDB's part is `segments`."""


def timed(owner: object, name: str, spent: dict[str, float]) -> None:
    """Add the CPU of each call of a method to `spent`."""
    method: Callable[..., Any] = getattr(owner, name)

    def call(*args: Any, **named: Any) -> Any:
        began = cpu()
        try:
            return method(*args, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + cpu() - began

    setattr(owner, name, call)


def nightly_job(run: str, day: str, marked: int) -> dict[str, float]:
    """Run a nightly job; its CPU in seconds, and what it asked of the stub."""
    services().metrics.request_run(run, SHOP, day, services().now())
    for days_before in range(1, marked + 1):
        services().metrics.mark(SHOP, next_day(day, -days_before), "bench")
    _calls()
    began = cpu()
    nightly.handle_run(NightlyJobMessage(SHOP, run))
    return {"cpu": cpu() - began, **_calls()}


def _calls() -> dict[str, float]:
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"]) as answer:
        calls: dict[str, float] = json.loads(answer.read())
    return calls


def main(out: Path, day: str, marked: int) -> None:
    """Measure a nightly job."""
    client("s3").meta.config.s3["addressing_style"] = "path"
    spent: dict[str, float] = {}
    for name in DUCKDB:
        timed(DuckDbMetrics, name, spent)
    for name in OF_SEGMENTS:
        timed(nightly, name, spent)
    timed(segments, "segments", spent)
    nightly_job("warm", QUIET_DAY, 0)
    idle = peak_mib()
    spent.clear()
    measured = nightly_job("measured", day, marked)
    out.write_text(json.dumps(measured | spent | {"peak": peak_mib(), "idle": idle}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
