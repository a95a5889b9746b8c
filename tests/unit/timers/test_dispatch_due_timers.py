"""The sweeper hands over every minute once, in order, and continues where it stopped."""

import pytest

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.usecases.timers.dispatch_due_timers import AHEAD_MS, BUDGET_MS, INTERVAL_MS, dispatch_due_timers

NOON = 1_795_147_200_000


class FakeTimers:
    """Notes which minutes were handed over; each takes some time, and may fail."""

    def __init__(self, now: Instant, takes: int = 0) -> None:
        self.time, self.takes = now, takes
        self.swept: Instant | None = None
        self.minutes: list[Instant] = []
        self.failing: set[Instant] = set()

    def swept_to(self) -> Instant | None:
        return self.swept

    def note_swept(self, to: Instant) -> None:
        self.swept = to

    def hand_over(self, start: Instant, end: Instant) -> int:
        if start in self.failing:
            raise OSError("unreachable")
        assert end == start + MINUTE_MS
        self.minutes.append(start)
        self.time += self.takes
        return 1

    def run(self) -> int:
        return dispatch_due_timers(self, lambda: self.time).timers


def test_every_minute_is_handed_over_once_at_least_five_minutes_ahead() -> None:
    timers = FakeTimers(NOON + 17_000)
    timers.run()
    for _ in range(5):
        timers.time += INTERVAL_MS
        before = len(timers.minutes)
        timers.run()
        assert min(timers.minutes[before:]) >= timers.time + INTERVAL_MS - MINUTE_MS
    assert timers.minutes == list(range(timers.minutes[0], timers.minutes[-1] + 1, MINUTE_MS))
    assert timers.swept == timers.minutes[-1] + MINUTE_MS == (timers.time + AHEAD_MS) // MINUTE_MS * MINUTE_MS


def test_a_minute_that_failed_is_handed_over_again_and_those_before_it_are_not() -> None:
    timers = FakeTimers(NOON)
    timers.run()
    timers.time += INTERVAL_MS
    assert timers.swept is not None
    timers.failing = {timers.swept + 2 * MINUTE_MS}
    with pytest.raises(OSError, match="unreachable"):
        timers.run()
    timers.failing = set()
    assert timers.run() == 3


def test_after_a_long_time_it_catches_up_in_runs_that_end_before_they_are_stopped() -> None:
    timers = FakeTimers(NOON, takes=2_000)
    timers.swept = NOON - 24 * 60 * MINUTE_MS
    while timers.swept < NOON + AHEAD_MS:
        begun, swept = timers.time, timers.swept
        timers.run()
        assert timers.time - begun <= BUDGET_MS + 2_000
        assert timers.swept > swept
    assert len(timers.minutes) == len(set(timers.minutes))
