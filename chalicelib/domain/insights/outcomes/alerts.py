"""The few findings that staff should look at first.

The rule is simple on purpose: customers touched times money. Staff who call an alert not useful teach it.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from chalicelib.domain.insights.findings import Alert, Findings, Sums
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.alert_candidates import Candidate, candidates, subject_of
from chalicelib.domain.insights.outcomes.reach import main_currency
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Day, next_day

MOST = 5
QUIET_DAYS = 7
"""A subject is not alerted again within so many days, unless the customers it touches have doubled."""
SILENT_DAYS = 30
"""What was called not useful is not alerted again within so many days."""
LESS = 0.5
"""The weight of a kind of alerts is multiplied by this for each of them that was called not useful."""


class Vote(Struct, frozen=True, kw_only=True):
    """What a person of the staff thinks of an alert of this kind and value; `day`: when they said so."""

    kind: str
    value: str
    useful: bool
    day: Day


def alerts_of(
    findings: Findings, inputs: InsightInputs, previous: Sequence[Alert] = (), votes: Mapping[str, Vote] | None = None
) -> list[Alert]:
    """The alerts of a day, at most five, the weightiest first.

    `previous`: earlier alerts (those of the last week are enough); `votes`: what was said of alerts, by
    the alert's id. Of several findings about one subject the weightiest is an alert.
    """
    given = list((votes or {}).values())
    wanted = [each for each in candidates(findings, inputs) if not _is_silenced(each, given, findings.day)]
    currency = main_currency(each.money for each in wanted)
    alerts = [_alert(each, findings, currency, given) for each in wanted]
    first: dict[str, Alert] = {}
    for alert in sorted(alerts, key=lambda each: (-each.weight, each.kind, each.value)):
        first.setdefault(subject_of(alert.kind, alert.value), alert)
    return [alert for alert in first.values() if not _is_known(alert, previous)][:MOST]


def weight_of(customers: int, money: Sums, currency: str | None) -> float:
    """Customers times money in the currency that most alerts of the day have; amounts of different currencies cannot
    be compared. Without money, and below one unit of it, times 1."""
    return customers * max(1.0, float(money.get(currency or "", "0")))


def _alert(candidate: Candidate, findings: Findings, currency: str | None, votes: Iterable[Vote]) -> Alert:
    dislikes = sum(not vote.useful and vote.kind == candidate.kind for vote in votes)
    return Alert(
        id=key_of("alert", findings.shop, candidate.kind, candidate.value, findings.day),
        day=findings.day,
        kind=candidate.kind,
        value=candidate.value,
        label=candidate.label,
        customers=candidate.customers,
        money=candidate.money,
        weight=weight_of(candidate.customers, candidate.money, currency) * LESS**dislikes,
        evidence=candidate.evidence,
        link=candidate.link,
        facts=candidate.facts,
    )


def _is_silenced(candidate: Candidate, votes: Iterable[Vote], day: Day) -> bool:
    """Whether an alert of this kind and value was called not useful in the last 30 days."""
    since = next_day(day, -SILENT_DAYS)
    return any(
        not vote.useful and (vote.kind, vote.value) == (candidate.kind, candidate.value) and since < vote.day <= day
        for vote in votes
    )


def _is_known(alert: Alert, previous: Iterable[Alert]) -> bool:
    """Whether staff had an alert of it in the last week, and fewer than twice as many customers are touched now."""
    since = next_day(alert.day, -QUIET_DAYS)
    subject = subject_of(alert.kind, alert.value)
    told = [
        each.customers
        for each in previous
        if subject_of(each.kind, each.value) == subject and since < each.day < alert.day
    ]
    return bool(told) and alert.customers < 2 * max(told)
