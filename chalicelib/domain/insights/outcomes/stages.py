"""What is known of an order at three stages, and which orders are at one of them on a day."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, get_args

from chalicelib.domain.insights.order_facts import FACTS, order_facts
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, to_datetime, zone_info
from chalicelib.domain.orders.order_record import OrderRecord

Stage = Literal["order", "hand_over", "promised_day"]
STAGES: tuple[Stage, ...] = get_args(Stage)
OF_HAND_OVER = ("handling_days", "days_late_to_carrier")
OF_DELIVERY = ("undelivered", "not_handed_over", "days_early", "transit_days")
UNKNOWN: dict[Stage, tuple[str, ...]] = {
    "order": (*OF_HAND_OVER, *OF_DELIVERY),
    "hand_over": OF_DELIVERY,
    "promised_day": (),
}
"""The facts that are not known at a stage. They have no value there, not the value "no": otherwise a warning at the
order would say that it was not delivered."""
IS_KNOWN = {stage: [fact.name not in names for fact in FACTS] for stage, names in UNKNOWN.items()}
"""Whether each of `FACTS` is known, by stage."""
MOST_PIECES = 99
"""More pieces of one line count as this many."""


def handed_over_at(record: OrderRecord) -> Instant | None:
    """When the first parcel was handed over to its carrier."""
    return min((parcel.shipped_at for parcel in record.parcels if parcel.shipped_at is not None), default=None)


def stage_days(record: OrderRecord, time_zone: str) -> dict[Stage, Day]:
    """The day on which an order is at each stage; without those that it never was at. An order that is handed over
    after the promised day was warned of before."""
    promised_at = record.promised_at
    if promised_at is None or record.cancelled_at is not None:
        return {}
    handed_at = handed_over_at(record)
    promised = day_of(promised_at, time_zone)
    days: dict[Stage, Day] = {"order": day_of(record.purchased_at, time_zone), "promised_day": promised}
    if handed_at is not None:
        days["hand_over"] = day_of(handed_at, time_zone)
    return {stage: day for stage, day in days.items() if day <= promised}


def due(days: Mapping[str, Mapping[Stage, Day]], day: Day) -> Iterator[tuple[str, Stage]]:
    """The orders that are at a stage on this day, sorted by id, given the days of all their stages. An order that is at
    two of them is at the later one."""
    for order, of_order in sorted(days.items()):
        stages = [stage for stage in STAGES if of_order.get(stage) == day]
        if stages:
            yield order, stages[-1]


def stage_facts(record: OrderRecord, stage: Stage, time_zone: str) -> list[float | None]:
    """The value of each of `FACTS`, None where it is not known at the stage. Pieces count as items, in days are
    times."""
    return known_at(stage, all_facts(record, time_zone))


def known_at(stage: Stage, values: Sequence[float | None]) -> list[float | None]:
    """These values of `all_facts`, without those that are not known at the stage."""
    return [value if is_known else None for value, is_known in zip(values, IS_KNOWN[stage], strict=True)]


def all_facts(record: OrderRecord, time_zone: str) -> list[float | None]:
    """The value of each of `FACTS` on the promised day."""
    order = record.order
    values = {
        "purchased_at": _local(record.purchased_at, time_zone),
        "promised_at": _local(record.promised_at, time_zone),
        "handed_over_at": _local(handed_over_at(record), time_zone),
        "delivered_at": _local(order.delivered_at, time_zone),
        "items": [{"sku": item.sku} for item in order.items for _ in range(min(item.quantity, MOST_PIECES))],
    }
    return order_facts(values)


def _local(time: Instant | None, time_zone: str) -> str | None:
    """The time as the shop's clocks show it, because the promised day is one of the shop."""
    return None if time is None else to_datetime(time).astimezone(zone_info(time_zone)).isoformat()
