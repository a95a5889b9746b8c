"""The records of a million values, against plain GROUP BYs of DuckDB with the same aggregates and groups."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.night.nightly_cases import ASSIGNEES, CHANNELS, SKUS, TEAMS, TYPES
from bench.support.clock import cpu_of, interleaved, peak_mib, python_child
from bench.support.figures import Figure, run
from chalicelib.adapters.metrics.case_records import CASES
from chalicelib.adapters.metrics.duckdb_metrics import DuckDbMetrics
from chalicelib.adapters.metrics.row_files import RowFiles
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.metrics.case_metrics import FIGURES, CaseMetric
from chalicelib.registries import Registries

ROWS, DAYS, ROUNDS = 1_000_000, 30, 3
RATIO, PEAK_MIB, GROUPS = 2.0, 512, 2_000
SHIFTS = (None, "early", "late")
PLAIN = {
    "'all'": "figures",
    "channel": "figures",
    "type": "figures",
    "team": "figures WHERE team IS NOT NULL",
    "assignee": "figures WHERE assignee IS NOT NULL",
    "sku": "(SELECT *, unnest(skus) AS sku FROM figures)",
    "assignee || ' again'": "figures WHERE assignee IS NOT NULL",
    "assignee || '/' || type": "figures WHERE assignee IS NOT NULL",
    "shift": "figures WHERE shift IS NOT NULL",
}


def generated(rows: int) -> Iterator[CaseMetric]:
    """The same values in every run: a fifth each of openings, first replies, resolutions, surveys sent and answered."""
    chance = Random(20261120)
    for n in range(rows):
        yield CaseMetric(
            day=f"2026-10-{1 + n % DAYS:02d}",
            case=f"{n // 5:026d}",
            number=f"{n // 5:06d}",
            channel=chance.choice(CHANNELS),
            type=chance.choice(TYPES),
            team=chance.choice(TEAMS),
            assignee=chance.choice(ASSIGNEES),
            shift=chance.choice(SHIFTS),
            skus=(chance.choice(SKUS),),
            **_values(n % 5, chance),
        )


def _add_generated(rows: RowFiles) -> list[Day]:
    """Add the values to the rows that the database loads; their days."""
    days = set()
    for row in generated(ROWS):
        rows.add(FIGURES, row.day, [row])
        days.add(row.day)
    return sorted(days)


def _values(kind: int, chance: Random) -> dict[str, Any]:
    if kind == 0:
        return {"opened": True}
    if kind == 1:
        return {"first_reply_ms": int(chance.expovariate(1 / 3e6))}
    if kind == 2:
        return {
            "resolution_ms": int(chance.expovariate(1 / 9e7)),
            "reopened": chance.randrange(2),
            "replies": chance.randrange(4),
            "escalations": chance.randrange(2),
            "sla_first_reply": "met",
            "sla_resolution": chance.choice(("met", "breached")),
        }
    if kind == 3:
        return {"sent": True}
    csat, nps, ces = chance.randrange(1, 6), chance.randrange(11), chance.randrange(1, 8)
    return {"answered": True, "csat": csat, "nps": nps, "ces": ces}


def plain(duck: DuckDbMetrics) -> int:
    """Run a plain GROUP BY for each dimension, with the aggregates of `record.sql`. Returns the number of groups."""
    text = CASES.scripts[-1].read_text("utf-8")
    aggregates = text.partition("day, dimension, value,")[2].partition("FROM placed")[0]
    groups = 0
    for value, table in PLAIN.items():
        groups += len(duck.database.execute(f"SELECT day, {value}, {aggregates} FROM {table} GROUP BY ALL").fetchall())
    return groups


def child(out: Path) -> None:
    """Load the values, compute once for the peak of memory, then run both in turns."""
    rows = RowFiles()
    days = _add_generated(rows)
    duck = DuckDbMetrics(Registries().measure_queries, rows)
    loading = cpu_of(lambda: duck.load(days))
    loaded = peak_mib()
    records = duck.records()
    peak = peak_mib()
    if len(records) != plain(duck) or len(records) < GROUPS:
        raise SystemExit(f"{len(records)} records; the plain GROUP BYs have {plain(duck)} groups")
    ours, bare = interleaved(ROUNDS, lambda: cpu_of(duck.records), lambda: cpu_of(lambda: plain(duck)))
    measured = {"load": loading, "loaded": loaded, "peak": peak, "ours": ours, "plain": bare, "groups": len(records)}
    out.write_text(json.dumps(measured))


def measure() -> list[Figure]:
    """Measure in a child process, so that the peak of memory is that of this work alone."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "records.json"
        python_child("bench.records", str(out))
        measured = json.loads(out.read_text())
    return [
        Figure(
            f"{ROWS:,} values into {measured['groups']:,} records: CPU against plain",
            measured["ours"] / measured["plain"],
            "×",
            RATIO,
        ),
        Figure("  of which our records()", measured["ours"], "s CPU"),
        Figure("  of which the plain GROUP BYs", measured["plain"], "s CPU"),
        Figure("  loading", measured["load"], "s CPU"),
        Figure("peak memory after loading", measured["loaded"], "MiB"),
        Figure("peak memory of load and records()", measured["peak"], "MiB", PEAK_MIB),
    ]


if __name__ == "__main__":
    child(Path(sys.argv[1])) if len(sys.argv) > 1 else run(measure)
