"""What customers need, by the method of Kano: each feature is asked about twice, once as if the product had it
(functional) and once as if it had not (dysfunctional).

Sources: Kano, Seraku, Takahashi and Tsuji, "Attractive quality and must-be quality", J. Jpn. Soc. Qual. Control 14(2),
1984; the table and the two coefficients as in Berger et al., "Kano's methods for understanding customer-defined
quality", Cent. Qual. Manag. J. 2(4), 1993; the test: Fong, "Using the self-stated importance questionnaire to interpret
Kano questionnaire results", Cent. Qual. Manag. J. 5(3), 1996.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Literal, get_args

from msgspec import Struct

from chalicelib.domain.insights.findings import Segment
from chalicelib.domain.insights.outcomes.shares import share_interval

Need = Literal["must_be", "one_dimensional", "attractive", "indifferent", "reverse", "questionable"]
NEEDS: tuple[Need, ...] = get_args(Need)
"""Of needs that are equally frequent the first one counts: what is missed most when it is not there."""
BY_INITIAL: dict[str, Need] = {need[0].upper(): need for need in NEEDS}
TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
"""A row for each answer to the functional question, a column for each to the dysfunctional one."""
FONG = 1.65
"""The quantile of the normal distribution that Fong's test uses (90 %, two-sided)."""


class PairedAnswer(Struct, frozen=True, kw_only=True):
    """What a customer answered about a feature that is there (`functional`) and that is not (`dysfunctional`): 1, I
    like it; 2, I expect it; 3, I do not mind; 4, I can live with it; 5, I dislike it."""

    customer: str
    feature: str
    functional: int
    dysfunctional: int


def need_of(functional: int, dysfunctional: int) -> Need:
    """The need that a pair of answers (1 to 5) speaks of. ValueError for other numbers."""
    if not (1 <= functional <= 5 and 1 <= dysfunctional <= 5):
        raise ValueError("answers are numbers from 1 to 5")
    return BY_INITIAL[TABLE[functional - 1][dysfunctional - 1]]


def needs_of_features(answers: Iterable[PairedAnswer]) -> list[Segment]:
    """The most frequent need of each feature, sorted by feature; the last answer of a customer counts.

    A segment is those who have that need: its name is `<feature>:<need>`, its share is theirs of all who answered.
    `details`: how many have each need; `leads`, 1 if the lead over the second is more than chance (`is_lead_certain`);
    and the coefficients `better` and `worse`. Pairs that are no numbers from 1 to 5 are left out.
    """
    last = {
        (each.feature, each.customer): need_of(each.functional, each.dysfunctional)
        for each in answers
        if {each.functional, each.dysfunctional} <= {1, 2, 3, 4, 5}
    }
    counts = defaultdict[str, Counter[Need]](Counter)
    for (feature, _), need in last.items():
        counts[feature][need] += 1
    return [_segment(feature, of_feature) for feature, of_feature in sorted(counts.items())]


def _segment(feature: str, counts: Counter[Need]) -> Segment:
    """The segment of a feature's most frequent need."""
    most = max(NEEDS, key=lambda need: counts[need])
    total = counts.total()
    second = max(counts[need] for need in NEEDS if need != most)
    better, worse = coefficients(counts)
    return Segment(
        kind="need",
        name=f"{feature}:{most}",
        customers=counts[most],
        share=counts[most] / total,
        share_interval=share_interval(counts[most], total),
        answers=total,
        details={
            **{need: float(counts[need]) for need in NEEDS},
            "leads": float(is_lead_certain(counts[most], second, total)),
            "better": better,
            "worse": worse,
        },
    )


def is_lead_certain(first: int, second: int, total: int) -> bool:
    """Whether the most frequent need leads by more than chance (Fong 1996): a − b ≥ 1.65 √((a + b)(2n − a − b) / 2n)
    for a and b of n answers."""
    both = first + second
    return first > second and first - second >= FONG * sqrt(both * (2 * total - both) / (2 * total))


def coefficients(counts: Mapping[Need, int]) -> tuple[float, float]:
    """How much the feature satisfies when it is there, (A + O) / (A + O + M + I), from 0 to 1, and how much it
    dissatisfies when it is not, −(O + M) / (A + O + M + I), from -1 to 0; both 0 without such answers."""
    attractive, desired = counts.get("attractive", 0), counts.get("one_dimensional", 0)
    must, indifferent = counts.get("must_be", 0), counts.get("indifferent", 0)
    whole = attractive + desired + must + indifferent
    return ((attractive + desired) / whole, -(desired + must) / whole) if whole else (0.0, 0.0)
