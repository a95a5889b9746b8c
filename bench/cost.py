"""The cost of one case from its opening to its closing, call by call, and the cost of the stack while nothing
happens."""

import contextlib
import os
from datetime import UTC, datetime
from typing import Any

from bench.support import prices
from bench.support.case_life import live_case
from bench.support.figures import Figure, run
from bench.support.requests import SHOP
from bench.support.return_life import live_return
from bench.support.without_privacy import without_privacy
from bench.support.world import World

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Shanghai
MINUTE_MS = 60_000
WRITE_UNITS, DOLLARS = 60, 0.08
SWEEPS_A_MONTH, SCHEDULER_RUNS_A_MONTH = 288 * 30, 24 * 30
# Lambda reads each queue with five long polls of 20 s, whether it has messages or not.
POLLS_A_MONTH = 7 * 5 * 3 * 60 * 24 * 30


def measure() -> list[Figure]:
    """Run one case without privacy, which also fills the caches, and then the case that is measured."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # the application's log writes to it until the end
        with contextlib.redirect_stdout(nowhere):
            world = _new_world()
            with without_privacy(world.services):
                live_case(world, "plain")
            bare = _figures(world)
            _clear_counters(world)
            live_case(world, "one")
            idle = _idle_month(world)
        print(_steps(world), _items(world), _calls(world), sep="\n\n", end="\n\n")
        whole = _figures(world)
        _clear_counters(world)
        with contextlib.redirect_stdout(nowhere):
            live_return(world, "back")
        print("A whole return:", _steps(world), sep="\n\n", end="\n\n")
        return [*_with_and_without_privacy(bare, whole), *_of_return(_figures(world)), *idle]


def _new_world() -> World:
    """A world with the caches filled that a function fills once."""
    world = World(START.timestamp())
    with world.meter.quiet():
        world.services.shops.calendar(SHOP, "CN@1")
        world.services.shops.policy(SHOP, 1)
        world.services.secrets.token_key()
    return world


def _with_and_without_privacy(bare: list[Figure], whole: list[Figure]) -> list[Figure]:
    """The figures of a case. Those with a limit are followed by the figure without privacy, to which the limit
    applies."""
    limits = {"write units of one case": WRITE_UNITS, "1,000 cases without email and logs": DOLLARS}
    figures = []
    for figure, without in zip(whole, bare, strict=True):
        figures.append(figure)
        if figure.what in limits:
            what = f"  without keys, identities and access log: {'dollars' if figure.unit else 'units'}"
            figures.append(Figure(what, without.value, figure.unit, limits[figure.what]))
    return figures


def _of_return(figures: list[Figure]) -> list[Figure]:
    """The figures of a return, of those that every case has."""
    units, dollars = (
        next(figure for figure in figures if figure.what.startswith(start)) for start in ("write units", "1,000")
    )
    return [
        Figure("write units of a whole return", units.value),
        Figure("1,000 returns without email and logs", dollars.value, "$"),
    ]


def _steps(world: World) -> str:
    meter = world.meter
    lines = [f"{'step':<18}{'write':>7}{'index':>7}{'read':>7}{'lambda':>8}{'sqs':>6}{'api':>5}"]
    for step in sorted({step for step, _ in world.invoked}):
        columns = (
            sum(units for (name, _), units in meter.written.items() if name == step),
            sum(units for (name, _), units in meter.index_written.items() if name == step),
            meter.read[step],
            sum(count for (name, _), count in world.invoked.items() if name == step),
            sum(count for (name, service, _), count in meter.calls.items() if (name, service) == (step, "sqs")),
            meter.calls[step, "apigateway", "request"],
        )
        lines.append(f"{step:<18}" + "".join(f"{value:>{width}g}" for value, width in zip(columns, (7, 7, 7, 8, 6, 5))))  # noqa: B905
    return "\n".join(lines)


def _items(world: World) -> str:
    """The write units by step and kind of item: those of the table + those of its indexes."""
    keys = sorted({*world.meter.written, *world.meter.index_written})
    rows = [f"{step:<18}{what:<10}{world.meter.written[step, what]:>4}" for step, what in keys]
    return "\n".join(f"{row} + {world.meter.index_written[key]}" for row, key in zip(rows, keys, strict=True))


def _calls(world: World) -> str:
    counts: dict[str, int] = {}
    for (_, service, operation), count in world.meter.calls.items():
        counts[f"{service} {operation}"] = counts.get(f"{service} {operation}", 0) + count
    return "\n".join(f"{name:<36}{count:>5}" for name, count in sorted(counts.items()) if count)


def _figures(world: World) -> list[Figure]:
    meter = world.meter
    table, index = meter.written.total(), meter.index_written.total()
    read, invoked, seconds = meter.read.total(), world.invoked.total(), world.seconds.total()
    sqs = sum(count for (_, service, _), count in meter.calls.items() if service == "sqs")
    api = sum(count for (_, service, _), count in meter.calls.items() if service == "apigateway")
    dollars = {
        "DynamoDB writes": (table + index) * prices.WRITE_UNIT,
        "DynamoDB reads": read * prices.READ_UNIT,
        "API requests": api * prices.API_REQUEST,
        "Lambda requests": invoked * prices.INVOCATION,
        "Lambda GB-seconds (assumed durations)": seconds * prices.GB_SECOND,
        "SQS requests": sqs * prices.SQS_REQUEST,
    }
    parts = [Figure(f"  {name}", 1000 * value, "$") for name, value in dollars.items()]
    return [
        Figure("write units of one case", table + index),
        Figure("  of which the indexes", index),
        Figure("read units of one case", read),
        Figure("Lambda invocations of one case", invoked),
        Figure("SQS requests of one case", sqs),
        Figure("1,000 cases without email and logs", 1000 * sum(dollars.values()), "$"),
        *parts,
    ]


def _idle_month(world: World) -> list[Figure]:
    """A month in which nothing happens: the sweeper runs every five minutes, the scheduler of the nightly jobs every
    hour, and Lambda polls the queues."""
    from chalicelib.entrypoints.workers.sweeper import sweep as run_sweeper

    before = world.meter.written.total(), world.meter.read.total()
    saved = [counter.copy() for counter in _counters(world)]
    world.meter.step = "sweeper"
    with world.meter.quiet():
        world.services.timers.note_swept(world.milliseconds() // MINUTE_MS * MINUTE_MS + 5 * MINUTE_MS)
    world.call("sweeper", run_sweeper)
    written, read = world.meter.written.total() - before[0], world.meter.read.total() - before[1]
    seconds = world.seconds["sweeper"]
    for counter, earlier in zip(_counters(world), saved, strict=True):
        counter.clear()
        counter.update(earlier)
    sweep = written * prices.WRITE_UNIT + read * prices.READ_UNIT + prices.INVOCATION + seconds * prices.GB_SECOND
    return [
        Figure("a month of the sweeper, however many cases", SWEEPS_A_MONTH * sweep, "$"),
        Figure("a month of Lambda's polls of seven queues", POLLS_A_MONTH * prices.SQS_REQUEST, "$"),
        Figure("a month of invocations of the nightly scheduler", SCHEDULER_RUNS_A_MONTH * prices.INVOCATION, "$"),
    ]


def _clear_counters(world: World) -> None:
    for counter in _counters(world):
        counter.clear()


def _counters(world: World) -> list[Any]:
    meter = world.meter
    return [meter.written, meter.index_written, meter.read, meter.calls, world.invoked, world.seconds]


if __name__ == "__main__":
    run(measure)
