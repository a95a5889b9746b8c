"""The policy of a shop as data: which clock runs for which case and for how long, and when to escalate a case, ask for
a survey and close a case.

For each clock the rules are read in order, and the first that fits applies; the defaults below follow the rules of the
shop, so that every case has targets. The default numbers are those of marketplaces, which answer after-sales requests
within the hour and chats within half a minute, and take goods back within three working days.
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
WORKING_DAY_S = 8 * HOUR_S  # of the default calendars: 9–12 and 13–18


class When(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The cases that a rule is for; a field that is not set fits every case."""

    type: CaseType | None = None
    channel: Channel | None = None
    priority: Priority | None = None
    segment: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One target: for this clock, for these cases, in seconds of business time or of all time."""

    when: When = When()
    clock: ClockName
    target_seconds: Seconds
    calendar: Time = "always"


class Escalation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tier_delays_seconds`: the time from tier 1 to 2 and from 2 to 3 while nobody answers. `notify`: the email
    addresses of each tier; a tier without addresses is notified at the shop's `mail_from`."""

    tier_delays_seconds: tuple[Seconds, Seconds] = (HOUR_S, HOUR_S)
    notify: dict[Literal["1", "2", "3"], Annotated[tuple[Email, ...], Meta(max_length=20)]] = {}


class SurveyPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to send a survey, how many days must lie between two surveys to a customer, and when a survey expires."""

    delay_seconds: Annotated[float, Meta(ge=0, le=366 * 86_400)] = DAY_S
    contact_budget_days: Annotated[float, Meta(ge=0, le=366)] = 14
    expires_days: Annotated[float, Meta(gt=0, le=366)] = 14


class AutoApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that approves a claim without a person; a field that is not set fits every claim. `max_value`: the highest
    value of the claimed items, a decimal amount in `currency`."""

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
    """When a person must check a claim before it is approved; no claim is refused by it. `value_above`: a decimal
    amount in `currency`; if it is not set, the value of a claim does not matter."""

    returns_in_a_year: Times = 6
    return_rate_above: Annotated[float, Meta(ge=0, le=100)] = 50
    """Percent of the customer's orders of 365 days that the shop reported; counts from `orders_at_least` orders on."""
    orders_at_least: Times = 5
    wrong_items_in_a_row: Times = 3
    value_above: PositiveAmount | None = None
    currency: Currency | None = None


class AfterSales(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`deadlines`: seconds by `<kind>.<state>.<timeout>`, such as `return.approved.expire`; others have the default of
    their flow. Periods are whole days after the day of delivery."""

    deadlines: dict[str, Seconds] = {}
    return_days: Days = 30
    excluded_categories: Annotated[tuple[Category, ...], Meta(max_length=100)] = ()
    warranty_days: Days = 365
    warranty_days_by_category: dict[str, Days] = {}
    review: ReviewSignals = ReviewSignals()
    auto_approve: Annotated[tuple[AutoApproval, ...], Meta(max_length=50)] = ()
    repair_warranty_days: Days = 90
    """The warranty of a repair itself."""
    consumer_body: Annotated[str, Meta(max_length=500)] = ""
    """Where a customer can go after the final answer to a complaint; if it is empty, the country's own office is
    named."""
    money_answer_seconds: Seconds = DAY_S
    """If a shop that was asked to pay does not answer for this long, it is asked whether it paid."""
    second_person_above: PositiveAmount = "200"
    """Money above this amount, in its own currency, must be approved by a second person."""


class Routing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`silence_seconds`: an agent who does nothing on a case for this long, while its customer waits, loses it to
    another agent; if it is not set, agents keep their cases."""

    silence_seconds: Seconds | None = None


KeepDays = Annotated[int, Meta(ge=30, le=36_600)]


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`people_days`: a customer who was inactive for this long is erased. `files_days`: the pictures and emails of a
    case are deleted this long after it was closed. What is not set is stored until somebody asks for its erasure."""

    people_days: KeepDays | None = None
    files_days: KeepDays | None = None


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the policy of a shop. `version` 1 is the default policy that every shop starts with."""

    version: int = 1
    clocks: Annotated[tuple[Rule, ...], Meta(max_length=200)] = ()
    escalation: Escalation = Escalation()
    survey: SurveyPolicy = SurveyPolicy()
    auto_close_days: Annotated[float, Meta(gt=0, le=366)] = 4
    after_sales: AfterSales = AfterSales()
    routing: Routing = Routing()
    retention: Retention = Retention()

    def rule_for(self, clock: ClockName, traits: When) -> Rule | None:
        """The first rule for this clock that fits a case with these traits; None if there is none."""
        for rule in (*self.clocks, *DEFAULT_RULES):
            if rule.clock == clock and _fits(rule.when, traits):
                return rule
        return None

    @property
    def longest_business(self) -> float:
        """The longest target in business time that any rule has, in seconds."""
        rules = (*self.clocks, *DEFAULT_RULES)
        return max(rule.target_seconds for rule in rules if rule.calendar == "business")


def _fits(when: When, traits: When) -> bool:
    return (
        when.type in (None, traits.type)
        and when.channel in (None, traits.channel)
        and when.priority in (None, traits.priority)
        and when.segment in (None, traits.segment)
    )


def _rule(clock: ClockName, seconds: float, when: When = When(), calendar: Time = "always") -> Rule:
    return Rule(when=when, clock=clock, target_seconds=seconds, calendar=calendar)


GOODS_FLOWS: tuple[CaseType, ...] = ("return", "exchange", "repair", "refund")

DEFAULT_RULES: tuple[Rule, ...] = (
    _rule("first_reply", 30, When(channel="chat")),
    _rule("first_reply", 2 * HOUR_S, When(type="review")),
    *(_rule("first_reply", HOUR_S, When(type=kind)) for kind in (*GOODS_FLOWS, "complaint")),
    _rule("first_reply", DAY_S),
    *(_rule("resolution", 3 * WORKING_DAY_S, When(type=kind), "business") for kind in GOODS_FLOWS),
    _rule("resolution", DAY_S, When(type="complaint")),
    _rule("resolution", 7 * DAY_S),
)
"""The rules of a shop without its own. There is no default for `next_reply`."""
