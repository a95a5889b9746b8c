"""A whole return's life, for `bench.cost`: asked, approved, shipped, received, inspected, paid, asked about, closed."""

from typing import Any

from bench.requests import asked_case
from bench.world import World

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def live_return(world: World, name: str, hook: Any, staff: Any) -> None:
    """Live through it; `hook` and `staff` send a webhook, and do a deed, as a step of that name."""
    begin, about = world.milliseconds(), {"case_external_id": name}
    told = asked_case(name) | {"type": "return", "claim": {"reason": "unwanted"}}
    hook(world, "1 requested", "case.requested", told, f"{name}-1")
    world.until(begin + 30 * MINUTE)
    staff(world, "2 reply", name, "messages", {"body": "Yes, please send it back.", "public": True}, 201)
    staff(world, "2 approved", name, "flow/approve", {}, 200)
    world.until(begin + DAY)
    staff(world, "3 shipped", name, "flow/ship", {"carrier": "SF", "tracking": "SF1"}, 200)
    world.until(begin + 2 * DAY)
    hook(world, "4 received", "parcel.received", about, f"{name}-4")
    world.until(begin + 2 * DAY + 120 * MINUTE)
    hook(world, "5 inspected", "inspection.done", {**about, "outcome": "accepted"}, f"{name}-5")
    given = staff(world, "6 money", name, "money", {"kind": "refund", "amount": told["order"]["total"]}, 201)
    money = given["money"][0]["id"]
    staff(world, "7 requested", name, f"money/{money}/request", {}, 200)
    staff(world, "8 refunding", name, "flow/refund", {}, 200)
    world.until(begin + 2 * DAY + 180 * MINUTE)
    hook(world, "9 paid", "refund.completed", {**about, "money": money}, f"{name}-9")
    world.until(begin + 14 * DAY)
