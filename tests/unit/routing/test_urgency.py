"""In which order waiting cases are assigned."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.routing.urgency import LOW_LATER_MS, NEVER, RANK, assigned_after

DUE = st.integers(0, NEVER)


def waits(priority: str, due_at: int) -> tuple[int, int]:
    return assigned_after(f"{RANK[priority]}#{due_at:013d}")  # type: ignore[index]


@given(DUE, DUE)
def test_the_urgent_come_before_the_high_and_these_before_all_others_whatever_is_due(one: int, other: int) -> None:
    assert waits("urgent", one) < waits("high", other)
    assert waits("high", one) < min(waits("normal", other), waits("low", other))


@given(DUE, DUE)
def test_a_low_one_is_passed_by_those_due_up_to_ten_minutes_later_and_by_no_others(low: int, normal: int) -> None:
    assert (waits("normal", normal) < waits("low", low)) == (normal < low + LOW_LATER_MS)


@given(st.sampled_from(sorted(RANK)), DUE, DUE)
def test_of_one_priority_what_is_due_first_comes_first(priority: str, one: int, other: int) -> None:
    assert (waits(priority, one) < waits(priority, other)) == (one < other)
