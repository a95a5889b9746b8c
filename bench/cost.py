"""The cost of one case from its opening to its closing, call by call, and the cost of the stack while nothing
happens."""

import contextlib
import json
import os
from datetime import UTC, datetime, timedelta

import yaml
from msgspec.structs import replace

from bench.support import prices
from bench.support.figures import Figure, run
from bench.support.requests import SHOP, request, requested_case
from bench.world.case_life import case, live_case
from bench.world.return_life import live_return
from bench.world.world import World
from infra.paths import RESOURCES

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Shanghai
MINUTE_MS = 60_000
DAYS_OF_LIFE = 10
LIMITS = {
    "AWS calls of creating a case, new customer": 5,
    "AWS calls of creating a case, known customer": 3,
    "AWS calls of one case": 96,
    "write units of one case": 89,
    "write units of a whole return": 145,
    "1,000 cases without email and logs": 0.127,
}
"""The largest value of each figure that has a limit. Calls are those to DynamoDB, KMS and SES; those to SQS are shown
by themselves, because Lambda makes two thirds of them."""
SWEEPS_A_MONTH, SCHEDULER_RUNS_A_MONTH = 288 * 30, 24 * 30
QUEUES = len(yaml.safe_load((RESOURCES / "queues.yaml").read_text("utf-8"))["Queues"])
# Lambda reads each queue with five long polls of 20 s, whether it has messages or not.
POLLS_A_MONTH = QUEUES * 5 * 3 * 60 * 24 * 30


def measure() -> list[Figure]:
    """Run one case, which also fills the caches and makes the shop's key, and then the cases that are measured."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        world = _new_world()
        live_case(world, "first")
        world.clear_counters()
        live_case(world, "one")
        one = _figures(world)
        tables = [_steps(world), _items(world), _calls(world)]
        idle = _idle_month(world)
        more = [_nightly_writes(world, "one"), *_in_quiet_shop(world)]
        world.clear_counters()
        live_return(world, "back")
        back = _figures(world)
        tables += ["A whole return:", _steps(world), _items(world)]
        created = _created(world)
    print(*tables, sep="\n\n", end="\n\n")
    return [_limited(figure) for figure in (*created, *one, *more, *_of_return(back), *idle)]


def _limited(figure: Figure) -> Figure:
    return replace(figure, limit=LIMITS.get(figure.what))


def _created(world: World) -> list[Figure]:
    """The calls of `POST /v1/cases`, for a customer that nobody knows and again for the same customer."""
    figures = []
    for external_id, who in (("new", "new customer"), ("known", "known customer")):
        data = requested_case(external_id) | {"customer": requested_case("new")["customer"]}
        body = json.dumps({"shop": SHOP, **data})
        world.send(f"create: {who}", request("POST", "/v1/cases", "/v1/cases", body), 201)
        calls = world.calls[f"create: {who}", "api"]
        figures.append(Figure(f"AWS calls of creating a case, {who}", calls))
    return figures


def _in_quiet_shop(world: World) -> list[Figure]:
    """What a case takes when the shop's settings are read anew each time."""
    world.clear_counters()
    world.is_quiet = True
    live_case(world, "quiet")
    world.is_quiet = False
    wanted = ("AWS calls of one case", "read units of one case")
    return [
        Figure(f"{figure.what}, with less than a request a minute", figure.value)
        for figure in _figures(world)
        if figure.what in wanted
    ]


def _nightly_writes(world: World, name: str) -> Figure:
    """What the nightly jobs write for one case and its customer. The records of the metrics are the shop's, one for
    each day and value however many cases it has, and not counted."""
    from chalicelib.domain.kernel.ids import key_of_id

    stored = case(world, name)
    opened_at = datetime.fromtimestamp(stored.opened_at / 1000, UTC)
    for days in range(DAYS_OF_LIFE):
        body = json.dumps({"shop": SHOP, "day": f"{opened_at + timedelta(days=days):%Y-%m-%d}"})
        world.send("night", request("POST", "/v1/metrics/run", "/v1/metrics/run", body), 202)
    keys = key_of_id(stored.id), key_of_id(stored.customer)
    units = sum(
        count
        for (step, item), count in world.meter.written_items.items()
        if step == "night" and any(key in item for key in keys)
    )
    return Figure("write units of the nightly jobs for one case, in addition", units)


def _new_world() -> World:
    """A world with the caches filled that a function fills once."""
    world = World(START.timestamp())
    with world.meter.quiet():
        world.services.shops.calendar(SHOP, "CN@1")
        world.services.shops.policy(SHOP, 1)
        world.services.secrets.token_key()
    return world


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
    made = sum(count for (_, service, _), count in meter.calls.items() if service in ("dynamodb", "kms", "sesv2"))
    parts = [Figure(f"  {name}", 1000 * value, "$") for name, value in dollars.items()]
    return [
        Figure("AWS calls of one case", made),
        Figure("  of the webhook that opens it", world.calls["1 opened", "api"]),
        Figure("  of the intake of that webhook", world.calls["1 opened", "intake"]),
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
    saved = [counter.copy() for counter in world.counters()]
    world.meter.step = "sweeper"
    with world.meter.quiet():
        world.services.timers.note_swept(world.milliseconds() // MINUTE_MS * MINUTE_MS + 5 * MINUTE_MS)
    world.call("sweeper", run_sweeper)
    written, read = world.meter.written.total() - before[0], world.meter.read.total() - before[1]
    seconds = world.seconds["sweeper"]
    for counter, earlier in zip(world.counters(), saved, strict=True):
        counter.clear()
        counter.update(earlier)
    sweep = written * prices.WRITE_UNIT + read * prices.READ_UNIT + prices.INVOCATION + seconds * prices.GB_SECOND
    return [
        Figure("a month of the sweeper, however many cases", SWEEPS_A_MONTH * sweep, "$"),
        Figure(f"a month of Lambda's polls of {QUEUES} queues", POLLS_A_MONTH * prices.SQS_REQUEST, "$"),
        Figure("a month of invocations of the nightly scheduler", SCHEDULER_RUNS_A_MONTH * prices.INVOCATION, "$"),
    ]


if __name__ == "__main__":
    run(measure)
