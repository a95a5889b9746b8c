"""Which warnings the shop may act on, and what came of them.

One in ten orders is held out: the shop does not see their warnings in time. How often they go wrong says how good
warnings are, and the difference to the others what acting on them does. Orders that were acted on say neither by
themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.insights.findings import EarlyWarning, Interval
from chalicelib.domain.insights.outcomes.shares import difference_interval, share_interval
from chalicelib.domain.insights.outcomes.went_wrong import OrderOutcome
from chalicelib.domain.kernel.ids import key_of, place_of_key

Group = Literal["treated", "held_out"]
HELD_OUT = 0.1


class Precision(Struct, frozen=True, kw_only=True):
    """Of `warned` orders that nobody acted on and whose outcome is known, the `share` that went wrong, with its
    interval."""

    warned: int
    wrong: int
    share: float
    interval: Interval


class EffectOfActing(Struct, frozen=True, kw_only=True):
    """The share of warned orders that went wrong among those acted on, minus that among those held out, with its
    interval. Negative: acting helps."""

    treated: int
    treated_wrong: int
    held_out: int
    held_out_wrong: int
    difference: float
    interval: Interval


def group_of(shop: str, order: str) -> Group:
    """The group of an order, the same at every stage and on every night."""
    return "held_out" if place_of_key(key_of("early_warning", shop, order)) < HELD_OUT else "treated"


def settled(warnings: Iterable[EarlyWarning], outcomes: Mapping[str, OrderOutcome]) -> list[EarlyWarning]:
    """The warnings with what became of their orders, as far as it is known. What was known stays when it no longer is:
    the words and cases of an erased customer are gone."""
    return [
        replace(warning, went_wrong=outcome.went_wrong)
        if (outcome := outcomes.get(warning.order)) is not None and outcome.went_wrong is not None
        else warning
        for warning in warnings
    ]


def precision_of(warnings: Iterable[EarlyWarning]) -> Precision | None:
    """How many of the warned orders go wrong when nobody acts: of those held out; None while none is known."""
    outcomes = [warning.went_wrong for warning in _first_ones(warnings) if warning.group == "held_out"]
    if not outcomes:
        return None
    wrong = sum(map(bool, outcomes))
    return Precision(
        warned=len(outcomes), wrong=wrong, share=wrong / len(outcomes), interval=share_interval(wrong, len(outcomes))
    )


def effect_of_acting(warnings: Iterable[EarlyWarning]) -> EffectOfActing | None:
    """What acting on warnings does; None while no outcome is known in one of the groups."""
    ended = _first_ones(warnings)
    treated = [bool(warning.went_wrong) for warning in ended if warning.group == "treated"]
    held_out = [bool(warning.went_wrong) for warning in ended if warning.group == "held_out"]
    if not treated or not held_out:
        return None
    return EffectOfActing(
        treated=len(treated),
        treated_wrong=sum(treated),
        held_out=len(held_out),
        held_out_wrong=sum(held_out),
        difference=sum(treated) / len(treated) - sum(held_out) / len(held_out),
        interval=difference_interval(sum(treated), len(treated), sum(held_out), len(held_out)),
    )


def _first_ones(warnings: Iterable[EarlyWarning]) -> Sequence[EarlyWarning]:
    """The first warning of each order whose outcome is known: an order that is warned of at three stages is one."""
    first: dict[str, EarlyWarning] = {}
    for warning in sorted(warnings, key=lambda each: (each.day, each.order, each.stage)):
        if warning.went_wrong is not None:
            first.setdefault(warning.order, warning)
    return list(first.values())
