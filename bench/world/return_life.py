"""The life of a return, for `bench.cost`: requested, approved, shipped, received, inspected, refunded, surveyed,
closed."""

from bench.support.requests import requested_case
from bench.world.case_life import case, hook, staff
from bench.world.world import World

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


def live_return(world: World, name: str) -> None:
    """Run a return from its request to its end."""
    begin = world.milliseconds()
    about = {"case_external_id": name}
    requested = requested_case(name) | {"type": "return", "claim": {"reason": "unwanted"}}
    hook(world, "1 requested", "case.requested", requested, f"{name}-1")
    world.until(begin + 30 * MINUTE_MS)
    staff(world, "2 reply", name, "messages", {"body": "Yes, please send it back.", "public": True}, 201)
    staff(world, "2 approved", name, "flow/approve", {}, 200)
    world.until(begin + DAY_MS)
    staff(world, "3 shipped", name, "flow/ship", {"carrier": "SF", "tracking": "SF1"}, 200)
    world.until(begin + 2 * DAY_MS)
    hook(world, "4 received", "parcel.received", about, f"{name}-4")
    world.until(begin + 2 * DAY_MS + 120 * MINUTE_MS)
    hook(world, "5 inspected", "inspection.done", {**about, "outcome": "accepted"}, f"{name}-5")
    after = staff(world, "6 money", name, "money", {"kind": "refund", "amount": requested["order"]["total"]}, 201)
    money = after["money"][0]["id"]
    staff(world, "7 requested", name, f"money/{money}/request", {}, 200)
    staff(world, "8 refunding", name, "flow/refund", {}, 200)
    world.until(begin + 2 * DAY_MS + 180 * MINUTE_MS)
    hook(world, "9 paid", "refund.completed", {**about, "money": money}, f"{name}-9")
    world.until(begin + 14 * DAY_MS)
    if case(world, name).status != "closed":
        raise SystemExit(f"the return did not end as it should: {case(world, name)}")
