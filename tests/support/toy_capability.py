"""A capability that lives only in the tests: a shop promises a gift, and must not be late with it.

It has a fact for each thing that happens, a part of its own on the case, a timer, a follow-up, a type of webhook and
a figure, and it edits no file of another capability: `WithGifts` is what it would add to `registries.py`.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.domain.cases.case import Case, part_of, with_part
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import ReplySent
from chalicelib.domain.cases.fold import Moment, Reducers, merge_reducers
from chalicelib.domain.cases.measure import Measure, MetricRow, RowsByDay
from chalicelib.domain.cases.parts import CasePart
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant, day_of
from chalicelib.domain.kernel.validation import CaseEvent, Line
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.timers.timer_source import TimerSource
from chalicelib.registries import Registries
from chalicelib.usecases.cases.intake import owner_of_case, reported_case
from chalicelib.usecases.cases.reported.report_to_case import append_reported_events
from chalicelib.usecases.cases.reported.reported_events import Reported
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome
from chalicelib.usecases.ports.services import Services

OVERDUE_AFTER_MS = 2 * HOUR_MS


class GiftPromised(Fact, frozen=True, kw_only=True, tag="gift_promised"):
    """The shop promised the customer a gift. What is written on its card is the customer's."""

    rank: ClassVar[int] = 90
    card: Private


class GiftOverdue(Fact, frozen=True, kw_only=True, tag="gift_overdue"):
    """Nobody replied about the gift in time."""

    rank: ClassVar[int] = 91


class Gifts(CasePart, frozen=True, kw_only=True):
    """What is known of a case's gift."""

    name: ClassVar[str] = "gifts"
    promised_at: Instant | None = None
    replied: bool = False
    overdue: int = 0


class GiftReport(CaseEvent, frozen=True, kw_only=True):
    """The body of the webhook `gift.promised`."""

    card: Line


def gift_promised(_: GiftPromised, case: Case, moment: Moment) -> Case:
    return with_part(case, Gifts(promised_at=moment.at))


def gift_overdue(_: GiftOverdue, case: Case, __: Moment) -> Case:
    gifts = part_of(case, Gifts)
    return with_part(case, Gifts(promised_at=None, overdue=gifts.overdue + 1))


def reply_sent(_: ReplySent, case: Case, __: Moment) -> Case:
    """A fact of another capability means something to this one, too."""
    gifts = part_of(case, Gifts)
    return case if gifts.promised_at is None else with_part(case, Gifts(replied=True, overdue=gifts.overdue))


REDUCERS: Reducers = {
    GiftPromised: (gift_promised,),
    GiftOverdue: (gift_overdue,),
    ReplySent: (reply_sent,),
}


def overdue_at(case: Case, _: Rules) -> Instant | None:
    promised_at = part_of(case, Gifts).promised_at
    return None if promised_at is None else promised_at + OVERDUE_AFTER_MS


def overdue_by(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    due_at = overdue_at(case, rules)
    return [GiftOverdue()] if due_at is not None and due_at <= now else []


TIMERS = (TimerSource(name="gift", next_at=overdue_at, due=overdue_by),)
reminders: list[tuple[str, str]] = []
"""What the follow-up did: the case, and what is written on the card."""


def is_overdue(_: Change, event: Event) -> bool:
    return isinstance(event.fact, GiftOverdue)


def remind(services: Services, stored: EventInCase) -> FollowUpOutcome:
    if stored.case is None or stored.event is None or not isinstance(stored.event.fact, GiftOverdue):
        return None
    cards = [event.fact.card for event in services.cases.events(stored.key) if isinstance(event.fact, GiftPromised)]
    reminders.append((stored.case.id, cards[-1]))
    return "reminded"


FOLLOW_UPS = (FollowUp(name="remind_of_gift", queue="notices", wants=is_overdue, handle=remind),)


def report_gift(services: Services, shop: Shop, data: GiftReport, incoming: Incoming) -> Outcome:
    reported = Reported(Actor("shop"), [GiftPromised(card=data.card)])
    return append_reported_events(services, shop, data, incoming, reported)


INTAKE: IntakeTable = (
    IntakeHandler(
        data=GiftReport, handle=report_gift, webhooks=("gift.promised",), owner=owner_of_case, case=reported_case
    ),
)


class GiftRow(MetricRow, frozen=True, kw_only=True):
    """A gift that is overdue."""

    case: str
    overdue: int


def gift_rows(case: Case, time_zone: str) -> RowsByDay:
    gifts = part_of(case, Gifts)
    day = day_of(case.opened_at, time_zone)
    return {day: [GiftRow(day=day, case=key_of_id(case.id), overdue=gifts.overdue)]} if gifts.overdue else {}


MEASURES = (Measure(name="gifts", row=GiftRow, dimensions=("gift_overdue",), of_case=gift_rows),)


def gift_record(row: dict[str, Any]) -> dict[str, Any]:
    return {"day": row["day"], "dimension": "gift_overdue", "value": "all", "gifts": int(row["gifts"])}


class WithGifts(Registries):
    """The registries with the lines that this capability would add. `script`: where its SQL file lies."""

    def __init__(self, script: Path) -> None:
        script.write_text("SELECT day, sum(overdue) AS gifts FROM gifts GROUP BY day;", "utf-8")
        self._script = script

    @cached_property
    def reducers(self) -> Reducers:
        return merge_reducers(super().reducers, REDUCERS)

    @cached_property
    def timers(self) -> tuple[TimerSource, ...]:
        return (*super().timers, *TIMERS)

    @cached_property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        return (*super().follow_ups, *FOLLOW_UPS)

    @cached_property
    def intake(self) -> IntakeTable:
        return (*super().intake, *INTAKE)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return (*super().measures, *MEASURES)

    @cached_property
    def measure_queries(self) -> tuple[MeasureQuery, ...]:
        query = MeasureQuery(measure=MEASURES[0], scripts=(self._script,), record=gift_record)
        return (*super().measure_queries, query)
