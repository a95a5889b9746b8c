"""Due timers write their events once, however often they run."""

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.sla.policies import Policy, Rule
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import case_in, change_status, event_types, reply
from tests.support.cases.webhooks import KEY


def test_a_breach_is_written_once_however_often_the_timer_runs(opened: FakeServices) -> None:
    opened.time = NOON + MINUTE_MS
    for _ in range(3):
        run_due_timers(opened, KEY)
    assert event_types(opened) == ["case_opened", "clock_breached", "case_escalated"]
    assert case_in(opened).tier == 1


def test_two_workers_ringing_at_once_write_one_breach(opened: FakeServices) -> None:
    opened.time = NOON + MINUTE_MS
    opened.cases.races = 2
    run_due_timers(opened, KEY)
    assert event_types(opened).count("clock_breached") == 1


def test_a_timer_that_runs_too_early_does_nothing_and_sets_the_next(opened: FakeServices) -> None:
    opened.time = NOON + 59_000
    opened.cases.timers.clear()
    opened.cases.stored[KEY] = replace(opened.cases.load(KEY), armed=opened.time)
    assert run_due_timers(opened, KEY) == []
    assert [timer.at for _, timer in opened.cases.timers] == [NOON + MINUTE_MS]


def test_a_reply_before_the_timer_makes_it_stale(opened: FakeServices) -> None:
    reply(opened)
    opened.time = NOON + MINUTE_MS
    assert run_due_timers(opened, KEY) == []
    assert case_in(opened).tier == 0


def test_a_running_case_keeps_the_policy_it_was_opened_under(opened: FakeServices) -> None:
    opened.shops.add_policy("demo", Policy(clocks=(Rule(clock="first_reply", target_seconds=5),)))
    opened.time = NOON + 30_000
    assert run_due_timers(opened, KEY) == []


def test_the_next_timer_is_never_later_than_what_is_due_next(opened: FakeServices) -> None:
    """Whatever happens to a case, a timer runs in time for it."""
    from chalicelib.domain.timers.due_timers import next_timer

    for step in (
        reply,
        lambda d: change_status(d, "waiting_customer"),
        lambda d: change_status(d, "open"),
        lambda d: change_status(d, "resolved"),
    ):
        opened.time += 1_000
        step(opened)
        stored = opened.cases.load(KEY)
        timer = next_timer(case_in(opened), opened.shops.policies["demo", 2], opened.registries.timers)
        assert timer is None or (stored.armed is not None and stored.armed <= timer.at)
