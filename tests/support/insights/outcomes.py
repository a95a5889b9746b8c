"""Builders of what findings are made from: cases with answers, what was said, and orders with their times."""

from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.parts import Answer, Satisfaction
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant, day_of, parse_instant
from chalicelib.domain.orders.order_record import OrderRecord, apply_revisions

SHOP, ZONE = "demo", "Europe/Berlin"
FIRST, TODAY = "2026-01-01", "2026-11-20"
START = parse_instant("2026-01-01T09:00:00Z")


def on(day: float, hours: float = 0) -> Instant:
    """A time so many days and hours after 10 o'clock on New Year's Day."""
    return START + round(day * DAY_MS + hours * HOUR_MS)


def order(
    identifier: str = "O-1",
    *,
    bought: float = 10,
    promised: float | None = 20,
    handed: float | None = None,
    delivered: float | None = None,
    skus: tuple[str, ...] = ("A",),
    total: str | None = "50.00",
    currency: str = "EUR",
    customer: str | None = "C-1",
    cancelled: float | None = None,
) -> OrderRecord:
    """An order; its times are days as in `on`."""
    values: dict[str, Any] = {
        "purchased_at": on(bought),
        "items": [{"sku": sku} for sku in skus],
        "customer": customer,
        "total": None if total is None else {"amount": total, "currency": currency},
        "estimated_delivery_at": None if promised is None else on(promised),
        "delivered_at": None if delivered is None else on(delivered),
        "cancelled_at": None if cancelled is None else on(cancelled),
        "parcel/1/shipped_at": None if handed is None else on(handed),
    }
    reported = {name: value for name, value in values.items() if value is not None}
    return apply_revisions(OrderRecord(shop=SHOP, external_id=identifier), reported, on(bought))


def case(
    identifier: str = "case-1", *, opened: float = 12, csat: int | None = None, nps: int | None = None, **more: Any
) -> Case:
    """A case, answered a day after it was opened if there is a score; `money` in the currency of the order."""
    values: dict[str, Any] = {
        "number": identifier,
        "shop": SHOP,
        "external_id": identifier,
        "type": "question",
        "channel": "email",
        "customer": "C-1",
        "opened_at": on(opened),
        "policy": 1,
        "calendar": "always",
    }
    if csat is not None or nps is not None:
        values["satisfaction"] = Satisfaction(answers=(Answer(on(opened + 1), csat, nps),))
    return Case(id=identifier, **(values | more))


def refund(amount: str, currency: str = "EUR", **more: Any) -> Compensation:
    """Money that was refunded."""
    values: dict[str, Any] = {"id": f"refund {amount}", "kind": "refund", "state": "done", "by": "agent"}
    return Compensation(amount=Money(amount, currency), **(values | more))


def said(identifier: str = "item-1", *, day: float = 12, **more: Any) -> Said:
    """What somebody said. What an item has goes to it, the rest is what was understood."""
    understood: dict[str, Any] = {"sentiment": "neutral", "mood": 0.0}
    understood |= {name: more.pop(name) for name in ("sentiment", "mood", "week", "carrier", "topic") if name in more}
    values: dict[str, Any] = {"shop": SHOP, "source": "message", "at": on(day), "language": "en"} | more
    item = FeedbackItem(id=identifier, **values)
    return Said(item=item, day=day_of(item.at, ZONE), **understood)


def inputs(
    *,
    said: tuple[Said, ...] = (),
    cases: tuple[Case, ...] = (),
    orders: tuple[OrderRecord, ...] = (),
    day: str = TODAY,
    first: str = FIRST,
) -> InsightInputs:
    """What is read for the findings of a day."""
    return InsightInputs(
        shop=SHOP,
        time_zone=ZONE,
        first=first,
        day=day,
        said=sorted(said, key=lambda each: each.item.at),
        cases={case.id: case for case in cases},
        orders={order.external_id: order for order in orders},
    )
