"""Promises as data: which clock runs for which case and how long, when to escalate, when to ask, when to close.

Rules are read in order and the first that fits wins, for each clock by itself; behind a shop's own rules stand
the defaults below, so no case is without a promise. The default numbers are the mission's: marketplaces answer
after-sales requests within the hour, chats within half a minute, and carry goods back within three working days.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.aftersales_enums import FlowKind, Reason
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority
from chalicelib.domain.kernel.validation import Currency, PositiveAmount

ClockName = Literal["first_reply", "next_reply", "resolution"]
Time = Literal["business", "always"]
Email = Annotated[
    str, Meta(max_length=254, pattern=r"^[^@\s\x00-\x1f<>(),;:\"\\]+@[^@\s\x00-\x1f<>(),;:\"\\]+\.[^@\s.,<>]+\Z")
]
Seconds = Annotated[float, Meta(gt=0, le=366 * 86_400)]

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
WORKING_DAY_S = 8 * HOUR_S  # of the ready calendars: 9–12 and 13–18


class When(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a case must be for a rule to fit; what is not named fits any."""

    type: CaseType | None = None
    channel: Channel | None = None
    priority: Priority | None = None
    segment: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One promise: this clock, for such cases, in this many seconds of this kind of time."""

    when: When = When()
    clock: ClockName
    target_seconds: Seconds
    calendar: Time = "always"


class Escalation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tier_delays_seconds`: from tier 1 to 2 and from 2 to 3 while nobody answers. `notify`: whom a tier's
    notices go to, by tier; a tier without addresses is told at the shop's `mail_from`."""

    tier_delays_seconds: tuple[Seconds, Seconds] = (HOUR_S, HOUR_S)
    notify: dict[Literal["1", "2", "3"], Annotated[tuple[Email, ...], Meta(max_length=20)]] = {}


class SurveyPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to ask a customer, how seldom, and how long an answer is taken."""

    delay_seconds: Annotated[float, Meta(ge=0, le=366 * 86_400)] = DAY_S
    contact_budget_days: Annotated[float, Meta(ge=0, le=366)] = 14
    expires_days: Annotated[float, Meta(gt=0, le=366)] = 14


class AutoApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that approves a claim without a person; what is not named fits any. `max_value` is a decimal amount of
    what the things claimed cost, in `currency`."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    kind: FlowKind | None = None
    reason: Reason | None = None
    segment: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    max_value: PositiveAmount | None = None
    currency: Currency | None = None
    needs_evidence: bool = False


Days = Annotated[int, Meta(ge=0, le=3_660)]
Times = Annotated[int, Meta(ge=1, le=10_000)]
Category = Annotated[str, Meta(min_length=1, max_length=80)]


class ReviewSignals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What asks for a person's look before a claim is approved; it refuses nothing. `value_above` is a decimal amount
    in `currency`; without it no value asks for a look."""

    returns_in_a_year: Times = 6
    return_rate_above: Annotated[float, Meta(ge=0, le=100)] = 50
    """Percent of the orders of 365 days that the shop told of; looked at from `orders_at_least` on."""
    orders_at_least: Times = 5
    wrong_items_in_a_row: Times = 3
    value_above: PositiveAmount | None = None
    currency: Currency | None = None


class AfterSales(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`deadlines`: seconds by `<kind>.<state>.<what time does>`, such as `return.approved.expire`; what is not named
    has the default of its flow. Windows are whole days after the day of delivery."""

    deadlines: dict[str, Seconds] = {}
    return_days: Days = 30
    excluded_categories: Annotated[tuple[Category, ...], Meta(max_length=100)] = ()
    warranty_days: Days = 365
    warranty_days_by_category: dict[str, Days] = {}
    review: ReviewSignals = ReviewSignals()
    auto_approve: Annotated[tuple[AutoApproval, ...], Meta(max_length=50)] = ()
    repair_warranty_days: Days = 90
    """What a repair itself is warranted for."""
    consumer_body: Annotated[str, Meta(max_length=500)] = ""
    """Where a customer may turn after the final answer to a complaint; without it, the country's own line is named."""
    money_answer_seconds: Seconds = DAY_S
    """A shop that was asked to pay and does not answer for so long is asked whether it did."""
    second_person_above: PositiveAmount = "200"
    """What is given above this amount, in its own currency, a second person approves."""


class Routing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`silence_seconds`: an agent who holds a case and does nothing on it for so long, while its customer waits, loses
    it to another; nobody does unless it is named."""

    silence_seconds: Seconds | None = None


KeepDays = Annotated[int, Meta(ge=30, le=36_600)]


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`people_days`: who did nothing for so long is forgotten. `files_days`: pictures and mails of a case are removed
    so long after it was closed. What is not named is kept until somebody asks."""

    people_days: KeepDays | None = None
    files_days: KeepDays | None = None


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shop's promises, one version of them. `version` 1 is the default policy every shop starts with."""

    version: int = 1
    clocks: Annotated[tuple[Rule, ...], Meta(max_length=200)] = ()
    escalation: Escalation = Escalation()
    survey: SurveyPolicy = SurveyPolicy()
    auto_close_days: Annotated[float, Meta(gt=0, le=366)] = 4
    after_sales: AfterSales = AfterSales()
    routing: Routing = Routing()
    retention: Retention = Retention()

    def rule_for(self, clock: ClockName, traits: When) -> Rule | None:
        """The first rule for that clock that fits a case with these traits."""
        for rule in (*self.clocks, *DEFAULT_RULES):
            if rule.clock == clock and _fits(rule.when, traits):
                return rule
        return None

    @property
    def longest_business(self) -> float:
        """The longest target in working time that a case may meet, in seconds."""
        rules = (*self.clocks, *DEFAULT_RULES)
        return max(rule.target_seconds for rule in rules if rule.calendar == "business")


def _fits(when: When, traits: When) -> bool:
    return (
        when.type in (None, traits.type)
        and when.channel in (None, traits.channel)
        and when.priority in (None, traits.priority)
        and when.segment in (None, traits.segment)
    )


def _promise(clock: ClockName, seconds: float, when: When = When(), calendar: Time = "always") -> Rule:
    return Rule(when=when, clock=clock, target_seconds=seconds, calendar=calendar)


GOODS_FLOWS: tuple[CaseType, ...] = ("return", "exchange", "repair", "refund")

DEFAULT_RULES: tuple[Rule, ...] = (
    _promise("first_reply", 30, When(channel="chat")),
    _promise("first_reply", 2 * HOUR_S, When(type="review")),
    *(_promise("first_reply", HOUR_S, When(type=kind)) for kind in (*GOODS_FLOWS, "complaint")),
    _promise("first_reply", DAY_S),
    *(_promise("resolution", 3 * WORKING_DAY_S, When(type=kind), "business") for kind in GOODS_FLOWS),
    _promise("resolution", DAY_S, When(type="complaint")),
    _promise("resolution", 7 * DAY_S),
)
"""The promises of a shop that made none of its own. There is no default for `next_reply`."""
