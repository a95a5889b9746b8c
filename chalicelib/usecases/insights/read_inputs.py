"""Read what the nightly job works on: what people said in sixteen weeks, and the cases and orders it was about."""

import re
from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.promotions import event_days
from chalicelib.domain.kernel.timestamps import Day, day_of, next_day, start_of, to_datetime, zone_info
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.triage.sentiment import Mood, mood_of
from chalicelib.usecases.ports.insights import CountedSources

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasFeedback, HasFindings, HasShops

    class ReadInputsServices(HasAgents, HasFeedback, HasFindings, HasShops, Protocol):
        """The services that `read_inputs` uses."""


WINDOW_DAYS = 112
"""Twelve weeks with which a day is compared, and the four weeks that are looked at (`unusual_days`)."""
HOLIDAY = "holiday"
LOW, HIGH = 2, 4
"""CSAT and stars up to the one are blame, from the other on praise."""
DETRACTS, PROMOTES = 6, 9
"""The same for NPS."""


def read_inputs(services: "ReadInputsServices", cases: CountedSources, shop: Shop, day: Day) -> InsightInputs:
    """What the nightly job of a day reads. The texts of erased people are blank, so nothing is learned from them."""
    first = next_day(day, 1 - WINDOW_DAYS)
    days = [next_day(first, place) for place in range(WINDOW_DAYS)]
    counted = list(cases.counted_on(shop.id, days))
    orders = {each.external_id: each for each in counted if isinstance(each, OrderRecord)}
    start, end = start_of(first, shop.time_zone), start_of(next_day(day), shop.time_zone)
    items = list(services.feedback.between(shop.id, start, end))
    order_of = {item.case: item.order for item in items if item.case and item.order is not None}
    return InsightInputs(
        shop=shop.id,
        time_zone=shop.time_zone,
        first=first,
        day=day,
        said=[
            _said(item, orders.get(item.order or order_of.get(item.case or "", "")), shop.time_zone) for item in items
        ],
        cases={each.id: each for each in counted if isinstance(each, Case)},
        orders=orders,
        events=_events(services, shop, first, day),
        names=_names(services, shop.id),
    )


def _names(services: "ReadInputsServices", shop: str) -> frozenset[str]:
    """The parts of the names of the shop's agents."""
    agents = [status.agent for status in services.agents.statuses(shop)]
    names = [name for agent in agents for name in (agent.id.partition("@")[0], agent.name or "")]
    return frozenset(part for name in names for part in re.split(r"[\W_]+", name.casefold()) if part)


def _said(item: FeedbackItem, order: OrderRecord | None, time_zone: str) -> Said:
    mood = mood_of(item.text) if item.text else _mood_of_scores(item)
    parcels = order.parcels if order is not None else ()
    return Said(
        item=item,
        day=day_of(item.at, time_zone),
        sentiment=mood.label,
        mood=mood.score,
        week=_week(order, time_zone) if order is not None else None,
        carrier=next((parcel.carrier for parcel in parcels if parcel.carrier), None),
    )


def _mood_of_scores(item: FeedbackItem) -> Mood:
    """The mood of scores without a text."""
    stars = item.csat if item.csat is not None else item.score
    worst, best = (LOW, HIGH) if stars is not None else (DETRACTS, PROMOTES)
    score = stars if stars is not None else item.nps
    if score is None or worst < score < best:
        return Mood("neutral", 0.0, ())
    return Mood("negative", -1.0, ()) if score <= worst else Mood("positive", 1.0, ())


def _week(order: OrderRecord, time_zone: str) -> str:
    """The ISO week in which an order was bought."""
    year, week, _ = to_datetime(order.purchased_at).astimezone(zone_info(time_zone)).isocalendar()
    return f"{year}-W{week:02d}"


def _events(services: "ReadInputsServices", shop: Shop, first: Day, last: Day) -> dict[Day, str]:
    """The promotions that the shop named, and the holidays of its calendar."""
    calendar = services.shops.newest_calendar(shop.id, shop.calendar)
    holidays = dict.fromkeys((*calendar.public, *calendar.closed), HOLIDAY) if calendar is not None else {}
    return event_days(services.findings.promotions(shop.id), holidays, first, last)
