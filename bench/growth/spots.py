"""What the nth message of a case reads and writes, and what routing reads of a long queue. Nothing is timed: the table
is in memory and counts.

An event is read from an item of its own, from a pack of a hundred, or from the copy of an event that came late; each
item counts as one. Read and write units are those that DynamoDB would charge for the case's items.

Some still read all events of a case with their texts (`WHOLE`, which a test compares with the code). The nightly job
folds a case of an older definition once. An email of somebody who is not known to be the case's customer is compared
with all emails of that customer; so is one that has the id of an earlier one, or comes more than seven days after
closing.
"""

import contextlib
import os
from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from bench.growth.growing_case import Count, GrowingCase
from bench.support.figures import Figure
from bench.support.requests import SHOP
from tests.fakes import NOON

SIZES = (100, 400, 1600)

WHOLE = {
    "cases.audit_case": "checks the whole case",
    "cases.read_case": "a view of an earlier time or version",
    "cases.reported.report_to_case": "of events that wait for their case, if one was reported with another time",
    "email.write_reply": "an agent copies a reply to those who took part in the emails",
    "intake.expire_orphans": "deletes the events that waited for their case",
    "casework.read_timeline": "the customer's page shows all messages",
    "privacy.export_customer": "an export has everything",
    "search.index_case": "when a case is opened: the events that waited for it are indexed; an operator's command",
    "feedback.collect_feedback": "when a case is opened: the events that waited for it become feedback",
    "surveys.open_follow_up_case": "when a case is opened: what follows from the events that waited for it",
    "timers.simulate_policy": "another policy, for all events",
    "webhooks_out.deliver": "when a case is opened: the events that waited for it are delivered",
}
"""The use cases that read all events of a case, and why."""


class Spot(Struct, frozen=True):
    """A spot whose cost may grow with `n`: what is counted of it, and the most events it may read."""

    what: str
    count: Callable[[int], Count]
    limit: Callable[[int], float]
    writes: int | None = None
    """The most write units."""


def in_order(n: int) -> Count:
    """Each message is newer than those before."""
    case = _with_time_for(n)
    return case.messages(range(1, n + 1))


def backwards(n: int) -> Count:
    """Each message is older than those before, and an agent has replied at the beginning, so each changes a clock."""
    case = _with_time_for(n)
    case.report("case.replied", 0, agent="mei", message="Which lamp?")
    return case.messages(range(n, 0, -1))


def after_n_in_order(n: int) -> Count:
    """The first late message of a case whose n others came in order."""
    case = _with_time_for(n)
    case.messages(range(10, n + 10))
    return case.count(lambda: case.message(5))


def repeated(n: int) -> Count:
    """Each of n messages is delivered again."""
    case = _with_time_for(n)
    case.messages(range(1, n + 1))
    return case.messages(range(1, n + 1))


def after_closing(n: int) -> Count:
    """Messages that come more than seven days after the case was closed: each opens a linked case."""
    case = _with_time_for(n)
    case.report("case.resolved", 1)
    case.report("case.closed", 2)
    case.wait(10)
    start = 8 * 24 * 3600
    return case.messages(range(start, start + n))


def follow_ups(n: int) -> Count:
    """The follow-ups of the newest of n events, in all queues."""
    case = _with_time_for(n)
    case.messages(range(1, n + 1))
    return case.count(case.run_follow_ups)


def email_answer(n: int) -> Count:
    """The customer answers by email to a case with n events, with what follows."""
    case = _with_time_for(n)
    case.messages(range(1, n + 1))
    return case.count(lambda: case.email(1))


def email_thread(n: int) -> Count:
    """The nth email of a case."""
    case = _with_time_for(n)
    most = Count()
    for number in range(n):
        count = case.count(partial(case.email, number))
        most = most | count if number >= n - 120 else most
    return most


def reply_by_email(n: int) -> Count:
    """An agent replies to a customer who has written n emails."""
    case = _with_time_for(n)
    for number in range(n):
        case.email(number)
    case.reply()
    return case.count(case.run_follow_ups)


def _with_time_for(n: int) -> GrowingCase:
    """A new case, so long after its opening that n messages have happened."""
    case = GrowingCase()
    case.services.time += (n + 60) * 1000
    return case


def a_few(_: int) -> float:
    """The same for every n."""
    return 10


def as_packs(n: int) -> float:
    """A pack of a hundred events (fifty, if it is not full), and the events that are not packed."""
    return n / 50 + 100


SPOTS = (
    Spot("the nth message in order", in_order, as_packs, writes=7),
    Spot("the nth message told backwards", backwards, as_packs, writes=9),
    Spot("a late message after n in order", after_n_in_order, as_packs, writes=6),
    Spot("a repeated message among n", repeated, a_few, writes=0),
    Spot("the nth message after closing", after_closing, as_packs, writes=21),
    Spot("follow-ups of the nth event", follow_ups, a_few, writes=0),
    Spot("an email to a case with n events", email_answer, a_few, writes=4),
    Spot("the nth email", email_thread, lambda n: as_packs(n) + 10, writes=13),
    Spot("an agent's reply to n emails", reply_by_email, lambda n: as_packs(n) + 30, writes=0),
)
"""More spots are added here."""


def measure(sizes: tuple[int, ...] = SIZES, spots: tuple[Spot, ...] = SPOTS) -> list[Figure]:
    """The figures of these spots for each n."""
    return [figure for spot in spots for n in sizes for figure in _figures(spot, n)]


def _figures(spot: Spot, n: int) -> list[Figure]:
    count = spot.count(n)
    return [
        Figure(f"{spot.what}, n = {n:,}: events read", count.events, "", spot.limit(n)),
        Figure("  read units", count.read_units),
        Figure("  write units", count.written_units, "", spot.writes),
    ]


def measure_all() -> list[Figure]:
    """The figures of a long case, and of a shop with many agents and a long queue."""
    return [*measure(), *_routing()]


def _routing() -> list[Figure]:
    """Routing on moto, in a world of its own, which needs the process for itself from then on."""
    from bench.growth.routed_case import routing_growth
    from bench.world.world import World

    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        services = World(NOON / 1000).services
        shop = services.shops.shop(SHOP)
        assert shop is not None
        services.shops.save(replace(shop, routes=True))
        return routing_growth(services, replace(shop, routes=True))
