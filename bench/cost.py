"""What one case costs from its opening to its closing, call by call, and what the stack costs while nothing happens."""

import contextlib
import hashlib
import hmac
import json
import os
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from bench import prices
from bench.cost_return import live_return
from bench.lines import Line, run
from bench.plain import plain
from bench.requests import SHOP, asked_case, request
from bench.world import World

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Shanghai
MINUTE = 60_000
WRITE_UNITS, DOLLARS = 60, 0.08
SWEEPS, NIGHTFALLS = 288 * 30, 24 * 30
# Lambda reads each queue by five long polls of 20 s, busy or not.
ROUTES = {"flow": "flow/{move}", "money": "money/{money}/{step}"}
POLLS = 7 * 5 * 3 * 60 * 24 * 30


def measure() -> list[Line]:
    """Live through a case for the caches, then through the one that counts."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        world = World(START.timestamp())
        with world.meter.quiet():
            world.services.shops.calendar(SHOP, "CN@1")
            world.services.shops.policy(SHOP, 1)
            world.services.secrets.token_key()
        with plain(world.services):
            live(world, "plain")
        bare = _figures(world)
        for counter in _counters(world):
            counter.clear()
        live(world, "one")
        standing = _standing(world)
    print(_steps(world), _items(world), _calls(world), sep="\n\n", end="\n\n")
    return [*_private(bare, _figures(world)), *_of_return(world), *standing]


def _private(bare: list[Line], whole: list[Line]) -> list[Line]:
    """The figures of a life; those with a limit stand beside what they are without privacy, which the limit is for."""
    limits = {"write units of one case": WRITE_UNITS, "1,000 cases without mail and logs": DOLLARS}
    found = []
    for line, without in zip(whole, bare, strict=True):
        found.append(line)
        if line.what in limits:
            what = f"  without keys, identities, notes of reading: {'dollars' if line.unit else 'units'}"
            found.append(Line(what, without.value, line.unit, limits[line.what]))
    return found


def _of_return(world: World) -> list[Line]:
    """The same of a whole return, lived after what was measured of a question."""
    for counter in _counters(world):
        counter.clear()
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        live_return(world, "back", hook, staff)
    if case(world, "back").status != "closed":
        raise SystemExit(f"the return did not end as it should: {case(world, 'back')}")
    print("A whole return:", _steps(world), sep="\n\n", end="\n\n")
    figures = _figures(world)
    units, dollars = (next(one for one in figures if one.what.startswith(name)) for name in ("write units", "1,000"))
    return [
        Line("write units of a whole return", units.value),
        Line("1,000 returns without mail and logs", dollars.value, "$"),
    ]


def live(world: World, name: str) -> None:
    """One life: opened by webhook, a message, two replies, resolved, asked, answered, closed by the clock."""
    begin = world.milliseconds()
    hook(world, "1 opened", "case.requested", asked_case(name), f"{name}-1")
    world.until(begin + 10 * MINUTE)
    message = {"case_external_id": name, "author": "customer", "message": "It is the one with the blue shade."}
    hook(world, "2 message", "message.received", message, f"{name}-2")
    for number, minutes in ((3, 30), (4, 120)):
        world.until(begin + minutes * MINUTE)
        body = {"body": "Thank you. A label to send it back is on its way to you.", "public": True}
        staff(world, f"{number} reply", name, "messages", body, 201)
    world.until(begin + 180 * MINUTE)
    staff(world, "5 resolved", name, "status", {"status": "resolved"}, 200)
    world.until(begin + (27 * 60 + 90) * MINUTE)
    answer(world)
    world.until(begin + 10 * 24 * 60 * MINUTE)
    state = case(world, name)
    if state.status != "closed" or not state.satisfaction.answers:
        raise SystemExit(f"the life did not end as it should: {state}")


def case(world: World, name: str) -> Any:
    """The case as it stands; looking is not counted."""
    from chalicelib.domain.kernel.ids import case_key

    with world.meter.quiet():
        return world.services.cases.load(case_key(SHOP, name)).case


def hook(world: World, step: str, kind: str, data: dict[str, Any], delivery: str) -> None:
    """A signed webhook."""
    now = world.milliseconds() // 1000
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = json.dumps({"type": kind, "timestamp": stamp, "data": data})
    signed = hmac.new(world.secret, f"{delivery}.{now}.{body}".encode(), hashlib.sha256).digest()
    headers = {
        "webhook-id": delivery,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }
    path = f"/v1/hooks/{SHOP}/standard"
    event = request("POST", "/v1/hooks/{shop}/{source}", path, body, claims=False, headers=headers)
    world.ask(step, event, 202)


def staff(world: World, step: str, name: str, command: str, body: dict[str, Any], status: int) -> Any:
    """A deed of staff on the case; the case after it."""
    path = f"/v1/cases/{case(world, name).id}/{command}"
    route = ROUTES.get(command.partition("/")[0], command) if "/" in command else command
    told = world.ask(step, request("POST", f"/v1/cases/{{case}}/{route}", path, json.dumps(body)), status)
    return json.loads(told["body"])


def answer(world: World) -> None:
    """The customer opens the link of their mail and answers."""
    text = world.meter.mails[-1]["Content"]["Simple"]["Body"]["Text"]["Data"]
    path = re.search(r"https://care\.example(/s/\S+)", text)
    assert path is not None
    form = {"Content-Type": "application/x-www-form-urlencoded", "content-type": "application/x-www-form-urlencoded"}
    world.ask("6 survey page", request("GET", "/s/{token}", path[1], "", claims=False), 200)
    given = request("POST", "/s/{token}", path[1], "csat=5&nps=10&ces=7&comment=Quick", claims=False, headers=form)
    world.ask("7 answered", given, 200)


def _steps(world: World) -> str:
    meter = world.meter
    lines = [f"{'step':<18}{'write':>7}{'index':>7}{'read':>7}{'lambda':>8}{'sqs':>6}{'api':>5}"]
    for step in sorted({step for step, _ in world.invoked}):
        columns = (
            sum(units for (one, _), units in meter.written.items() if one == step),
            sum(units for (one, _), units in meter.index_written.items() if one == step),
            meter.read[step],
            sum(count for (one, _), count in world.invoked.items() if one == step),
            sum(count for (one, service, _), count in meter.calls.items() if (one, service) == (step, "sqs")),
            meter.calls[step, "apigateway", "request"],
        )
        lines.append(f"{step:<18}" + "".join(f"{value:>{width}g}" for value, width in zip(columns, (7, 7, 7, 8, 6, 5))))  # noqa: B905
    return "\n".join(lines)


def _items(world: World) -> str:
    """Where write units go: what is written, in which step, units of the table + of its indexes."""
    keys = sorted({*world.meter.written, *world.meter.index_written})
    rows = [f"{step:<18}{what:<10}{world.meter.written[step, what]:>4}" for step, what in keys]
    return "\n".join(f"{row} + {world.meter.index_written[key]}" for row, key in zip(rows, keys, strict=True))


def _calls(world: World) -> str:
    found: dict[str, int] = {}
    for (_, service, operation), count in world.meter.calls.items():
        found[f"{service} {operation}"] = found.get(f"{service} {operation}", 0) + count
    return "\n".join(f"{name:<36}{count:>5}" for name, count in sorted(found.items()) if count)


def _figures(world: World) -> list[Line]:
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
    parts = [Line(f"  {name}", 1000 * value, "$") for name, value in dollars.items()]
    return [
        Line("write units of one case", table + index),
        Line("  of which the indexes", index),
        Line("read units of one case", read),
        Line("Lambda invocations of one case", invoked),
        Line("SQS requests of one case", sqs),
        Line("1,000 cases without mail and logs", 1000 * sum(dollars.values()), "$"),
        *parts,
    ]


def _standing(world: World) -> list[Line]:
    """A month in which nothing happens: the sweeper every five minutes, the nightfall every hour, queues polled."""
    from chalicelib.entrypoints.workers.sweeper import sweep as run_sweeper

    before = world.meter.written.total(), world.meter.read.total()
    saved = [counter.copy() for counter in _counters(world)]
    world.meter.step = "sweeper"
    with world.meter.quiet():
        world.services.timers.note_swept(world.milliseconds() // MINUTE * MINUTE + 5 * MINUTE)
    world.call("sweeper", run_sweeper)
    written, read = world.meter.written.total() - before[0], world.meter.read.total() - before[1]
    seconds = world.seconds["sweeper"]
    for counter, was in zip(_counters(world), saved, strict=True):
        counter.clear()
        counter.update(was)
    sweep = written * prices.WRITE_UNIT + read * prices.READ_UNIT + prices.INVOCATION + seconds * prices.GB_SECOND
    return [
        Line("a month of the sweeper, however many cases", SWEEPS * sweep, "$"),
        Line("a month of Lambda's polls of seven queues", POLLS * prices.SQS_REQUEST, "$"),
        Line("a month of invocations of the nightfall", NIGHTFALLS * prices.INVOCATION, "$"),
    ]


def _counters(world: World) -> list[Any]:
    meter = world.meter
    return [meter.written, meter.index_written, meter.read, meter.calls, world.invoked, world.seconds]


if __name__ == "__main__":
    run(measure)
