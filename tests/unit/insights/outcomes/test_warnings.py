"""Which warnings may be acted on, and what came of them."""

from chalicelib.domain.insights.findings import EarlyWarning
from chalicelib.domain.insights.outcomes.warnings import (
    Group,
    effect_of_acting,
    group_of,
    precision_of,
    settled,
)
from chalicelib.domain.insights.outcomes.went_wrong import OrderOutcome


def warning(order: str, group: Group, wrong: bool | None, day: str = "2026-01-10") -> EarlyWarning:
    return EarlyWarning(order=order, day=day, stage="promised_day", risk=0.5, reasons=[], group=group, went_wrong=wrong)


def many(group: Group, wrong: int, well: int) -> list[EarlyWarning]:
    return [warning(f"{group}-{place}", group, place < wrong) for place in range(wrong + well)]


def test_one_in_ten_orders_is_held_out_and_always_the_same_ones() -> None:
    groups = [group_of("demo", f"O-{place}") for place in range(4000)]
    assert 340 < groups.count("held_out") < 460
    assert groups == [group_of("demo", f"O-{place}") for place in range(4000)]
    assert groups != [group_of("other", f"O-{place}") for place in range(4000)]


def test_the_effect_of_acting_is_the_difference_of_the_two_shares() -> None:
    effect = effect_of_acting(many("treated", 48, 32) + many("held_out", 56, 14))
    assert effect is not None
    assert round(effect.difference, 6) == -0.2
    assert [round(limit, 4) for limit in effect.interval] == [-0.3339, -0.0524]


def test_precision_is_that_of_orders_nobody_acted_on_each_counted_once() -> None:
    again = [warning(f"held_out-{place}", "held_out", place < 4, "2026-01-12") for place in range(10)]
    precision = precision_of(many("treated", 0, 50) + many("held_out", 4, 6) + again)
    assert precision is not None
    assert (precision.warned, precision.wrong, precision.share) == (10, 4, 0.4)
    assert precision.interval[0] < 0.4 < precision.interval[1]


def test_while_nothing_is_known_nothing_is_said() -> None:
    pending = [warning("O-1", "held_out", None), warning("O-2", "treated", None)]
    assert precision_of(pending) is None
    assert effect_of_acting(pending) is None
    assert effect_of_acting(many("treated", 3, 3)) is None


def test_warnings_are_settled_as_outcomes_become_known() -> None:
    outcomes = {
        "O-1": OrderOutcome("O-1", "2026-01-01", "2026-01-05", True),
        "O-2": OrderOutcome("O-2", "2026-01-01", None, True),
        "O-3": OrderOutcome("O-3", "2026-01-01", None, False),
    }
    after = settled([warning(f"O-{place}", "treated", None) for place in range(1, 5)], outcomes)
    assert [each.went_wrong for each in after] == [True, False, None, None]
    unknown = {"O-1": OrderOutcome("O-1", "2026-01-01", None, False)}
    assert settled(after, unknown) == after, "what was known stays when the words that say so are gone"
