"""Whole nightly jobs, from the message to the last write: reads and writes by HTTP, rows, records, Parquet, reports.

That of one large day is measured in CPU against the part that DuckDB must do; restating many days is measured in
memory, which must not grow with the days."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.night.nightly_cases import day_number, write_items
from bench.support.figures import Figure, run
from bench.support.requests import ENVIRONMENT
from infra.paths import ROOT

ROUNDS, CASES, FEW_CASES = 5, 10_000, 100
CASES_A_DAY, DAYS, FEWER_DAYS = 1_000, 120, 30
RATIO, PEAK_MIB, GROWTH, ITEMS_WRITTEN = 2.5, 300, 1.2, 30
SEGMENTS = ("read_again", "compute_segments")
"""What a nightly job does about the segments of customers who answered a survey on the day."""
DUCKDB = ("load", "records", "listed_cases", "parquet")
"""What DuckDB does of the rest."""
COMPUTING = ("load", "records")
"""Of that, what makes the figures."""
Measured = dict[str, float]


@contextmanager
def _stub(items: Path) -> Iterator[str]:
    """Run the stub of DynamoDB and S3 with these items. Gives its address."""
    command = [sys.executable, "-m", "bench.night.nightly_store", str(items)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{int(child.stdout.readline())}"
    finally:
        child.terminate()
        child.wait()


def _nightly_job(items: Path, days: int) -> Measured:
    """Run the job that computes the last day and all days before it, in a process of its own."""
    out = items.with_suffix(".json")
    command = [sys.executable, str(ROOT / "bench" / "night" / "nightly.py"), str(out)]
    with _stub(items) as url:
        more = {"AWS_ENDPOINT_URL": url, "LAKE_BUCKET": "lake", "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        command += [day_number(days - 1), str(days - 1)]
        subprocess.run(command, env=ENVIRONMENT | more, stdout=subprocess.DEVNULL, check=True)
    measured: Measured = json.loads(out.read_text())
    return measured


def _one_large_day(folder: Path) -> list[Figure]:
    items = folder / "day.jsonl"
    write_items(items, 1, CASES)
    jobs = [_nightly_job(items, 1) for _ in range(ROUNDS)]
    calls = sum(count for name, count in jobs[0].items() if name[0].isupper())
    return [
        _compared(
            f"a day of {CASES:,} cases, end to end: CPU against DuckDB's", jobs, (), (*DUCKDB, "segments"), RATIO
        ),
        _compared("  without segments", jobs, SEGMENTS, DUCKDB),
        _compared(f"  without segments, against {' and '.join(COMPUTING)} alone", jobs, SEGMENTS, COMPUTING),
        Figure("  end to end", median(job["cpu"] for job in jobs), "s CPU"),
        *(Figure(f"  of which segments: {name}", median(job[name] for job in jobs), "s CPU") for name in SEGMENTS),
        *(Figure(f"  of which DuckDB: {name}", median(job[name] for job in jobs), "s CPU") for name in DUCKDB),
        Figure("  calls to DynamoDB and S3", calls),
        Figure("  items written, without those of customers", jobs[0]["items written"], "", ITEMS_WRITTEN),
        Figure("  items of customers written", jobs[0]["items of customers written"]),
    ]


def _one_small_day(folder: Path) -> list[Figure]:
    """What a small shop adds to the cost of a stack."""
    items = folder / "small.jsonl"
    write_items(items, 1, FEW_CASES)
    job = _nightly_job(items, 1)
    return [
        Figure(f"a day of {FEW_CASES:,} cases, end to end", job["cpu"], "s CPU"),
        Figure("  calls to DynamoDB and S3", sum(count for name, count in job.items() if name[0].isupper())),
        Figure("  units written, without those of customers", job["units written"]),
    ]


def _compared(
    what: str, jobs: list[Measured], without: tuple[str, ...], parts: tuple[str, ...], limit: float | None = None
) -> Figure:
    """The CPU of a job without some steps, against that of some parts."""
    ratios = ((job["cpu"] - sum(job[name] for name in without)) / sum(job[name] for name in parts) for job in jobs)
    return Figure(what, median(ratios), "×", limit)


def _many_days(folder: Path) -> list[Figure]:
    peaks = {}
    for days in (FEWER_DAYS, DAYS):
        items = folder / f"{days}-days.jsonl"
        write_items(items, days, CASES_A_DAY)
        peaks[days] = _nightly_job(items, days)["peak"]
    restated = f"restating {DAYS} days of {CASES_A_DAY * DAYS:,} cases"
    return [
        Figure(f"{restated}: peak of memory", peaks[DAYS], "MiB", PEAK_MIB),
        Figure(f"  against {FEWER_DAYS} days of as many cases a day", peaks[DAYS] / peaks[FEWER_DAYS], "×", GROWTH),
    ]


def measure() -> list[Figure]:
    """Measure each job in a process of its own, so that the peak of memory is that of the nightly function."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_one_large_day(folder), *_one_small_day(folder), *_many_days(folder)]


if __name__ == "__main__":
    run(measure)
