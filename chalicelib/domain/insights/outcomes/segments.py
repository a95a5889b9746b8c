"""The customers of a shop in groups: by their satisfaction, their loyalty and their value."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Literal

from msgspec import Struct

from chalicelib.domain.insights.findings import Segment
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.rfm import loyalty_name, purchases_of, rfm_names
from chalicelib.domain.insights.outcomes.shares import net_promoter_score, share_interval
from chalicelib.domain.kernel.timestamps import Instant, next_day, start_of

Kind = Literal["satisfaction", "loyalty", "value"]
SATISFACTION = ("satisfied", "neutral", "dissatisfied")
PROMOTION = ("promoters", "passives", "detractors")
RETURNING = ("loyal", "repeat", "single")
VALUE = ("champions", "loyal", "potential", "new", "promising", "cant_lose", "at_risk", "hibernating", "lost")


class LastAnswer(Struct, frozen=True):
    """The last CSAT (1 to 5) and the last NPS score (0 to 10) of a customer."""

    csat: int | None = None
    nps: int | None = None


def customer_segments(inputs: InsightInputs) -> list[Segment]:
    """The segments by satisfaction (the last CSAT: 4 and 5, 3, 1 and 2), by loyalty (the last NPS: 9 and 10, 7 and 8, 0
    to 6; and how often customers came back), and by value (RFM), with their figures.

    A share is that of the customers who can be grouped so: those who answered, or bought. Of each customer the last
    CSAT and the last NPS count once; `answers`: how many of the customers gave one. Segments without customers are left
    out.
    """
    answers = last_answers(inputs)
    bought = purchases_of(inputs.orders.values(), start_of(next_day(inputs.day), inputs.time_zone))
    satisfied = {key: satisfaction_name(each.csat) for key, each in answers.items() if each.csat is not None}
    promoting = {key: promotion_name(each.nps) for key, each in answers.items() if each.nps is not None}
    returning = {key: loyalty_name(each) for key, each in bought.items()}
    return [
        *_segments("satisfaction", SATISFACTION, satisfied, answers),
        *_segments("loyalty", PROMOTION, promoting, answers),
        *_segments("loyalty", RETURNING, returning, answers),
        *_segments("value", VALUE, rfm_names(bought), answers),
    ]


def satisfaction_name(csat: int) -> str:
    """The segment of a CSAT."""
    return SATISFACTION[0] if csat >= 4 else SATISFACTION[1] if csat == 3 else SATISFACTION[2]


def promotion_name(nps: int) -> str:
    """The segment of an NPS score."""
    return PROMOTION[0] if nps >= 9 else PROMOTION[1] if nps >= 7 else PROMOTION[2]


def last_answers(inputs: InsightInputs) -> dict[str, LastAnswer]:
    """The last answers of each customer, from their cases and from what they said."""
    given: list[tuple[Instant, str, int | None, int | None]] = [
        (answer.at, case.customer, answer.csat, answer.nps)
        for case in inputs.cases.values()
        for answer in case.satisfaction.answers
    ]
    given += [
        (said.item.at, said.item.customer, said.item.csat, said.item.nps) for said in inputs.said if said.item.customer
    ]
    last: dict[str, LastAnswer] = {}
    for _, customer, csat, nps in sorted(given, key=lambda each: each[:2]):
        before = last.get(customer, LastAnswer())
        last[customer] = LastAnswer(before.csat if csat is None else csat, before.nps if nps is None else nps)
    return last


def _segments(
    kind: Kind, names: Iterable[str], members: Mapping[str, str], answers: Mapping[str, LastAnswer]
) -> list[Segment]:
    """The segments of one kind that have customers, in the order of their names; `members`: the name of the segment of
    each customer."""
    by_name = {name: [key for key in sorted(members) if members[key] == name] for name in names}
    return [_segment(kind, name, keys, len(members), answers) for name, keys in by_name.items() if keys]


def _segment(kind: Kind, name: str, keys: list[str], whole: int, answers: Mapping[str, LastAnswer]) -> Segment:
    given = [answers.get(key, LastAnswer()) for key in keys]
    csat = [each.csat for each in given if each.csat is not None]
    nps = [each.nps for each in given if each.nps is not None]
    return Segment(
        kind=kind,
        name=name,
        customers=len(keys),
        share=len(keys) / whole,
        share_interval=share_interval(len(keys), whole),
        csat=fmean(csat) if csat else None,
        nps=net_promoter_score(nps),
        answers=sum(each.csat is not None or each.nps is not None for each in given),
    )
