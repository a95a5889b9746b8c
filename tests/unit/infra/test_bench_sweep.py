"""The simulated week of the sweeper: the real use case, a full minute, and the clock of the calls."""

from bench.sweep.sweep_week import START, SimulatedTimers
from chalicelib.adapters.aws.queues import THREADS
from chalicelib.domain.kernel.timestamps import HOUR_MS

FULL_MINUTE = {START + hour * HOUR_MS: 100_000 for hour in (1, 2)}


def test_a_full_minute_is_sent_before_it_is_due_and_once_by_calls_in_parallel() -> None:
    timers = SimulatedTimers(dict(FULL_MINUTE), THREADS, fixed_delays=False)
    timers.run_week()
    assert timers.lateness(0.99) == [0.0, 0.0]
    assert timers.requests == sum(FULL_MINUTE.values()) / 10


def test_one_call_after_the_other_with_delays_from_the_start_of_the_run_was_late() -> None:
    timers = SimulatedTimers(dict(FULL_MINUTE), 1, fixed_delays=True)
    timers.run_week()
    assert min(timers.lateness(0.99)) > 90
