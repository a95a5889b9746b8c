"""Nudges come at once or within two seconds, and at most once a second."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.live.nudges import LONGEST_WAIT_MS, LOOK_BACK_MS, nudge_due_at
from tests.fakes import NOON

STEPS = st.lists(st.one_of(st.integers(1, 300), st.integers(1, 6_000)), min_size=1, max_size=60)


def nudges_of(times: list[int]) -> list[tuple[int, int]]:
    """Each change with when it is sent."""
    sent = []
    for place, time in enumerate(times):
        due_at = nudge_due_at([each for each in times[:place] if each > time - LOOK_BACK_MS], time)
        sent.append((time, time if due_at is None else due_at))
    return sent


@given(STEPS)
def test_two_nudges_lie_at_least_a_second_apart_and_none_is_late(steps: list[int]) -> None:
    times, now = [], NOON
    for step in steps:
        now += step
        times.append(now)
    sent = nudges_of(times)
    assert all(time <= sent_at <= time + LONGEST_WAIT_MS for time, sent_at in sent)
    moments = sorted({sent_at for _, sent_at in sent})
    assert all(later - earlier >= SECOND_MS for earlier, later in pairwise(moments))


def test_the_first_change_after_a_quiet_time_is_sent_at_once() -> None:
    assert nudge_due_at([], NOON) is None
    assert nudge_due_at([NOON - LOOK_BACK_MS], NOON) is None


def test_changes_in_a_row_are_sent_at_the_next_whole_second() -> None:
    assert nudges_of([NOON + 100, NOON + 400, NOON + 1_200, NOON + 2_300]) == [
        (NOON + 100, NOON + 100),
        (NOON + 400, NOON + 2_000),
        (NOON + 1_200, NOON + 2_000),
        (NOON + 2_300, NOON + 3_000),
    ]


def test_a_change_that_a_clock_ahead_has_noted_counts_as_just_now() -> None:
    assert nudge_due_at([NOON + 5_000], NOON) == NOON + 2_000
