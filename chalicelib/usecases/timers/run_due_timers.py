"""An alarm rang: write down what time has done to the case, and set the next alarm."""

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.timers.due_timers import due_facts, next_alarm
from chalicelib.usecases.cases.append_events import record
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk, rules_of, shop_of, with_shift

MAX_STEPS = 8  # what is left after so many waits for the alarm that is set then


def wake_case(desk: Desk, key: str) -> list[Event]:
    """Bring the case up to date with the clock; the events that were written. An early or late ring does nothing."""
    written: list[Event] = []
    decided: list[Event] = []
    stored = desk.cases.load(key)
    if stored.case is None:
        return written
    shop = shop_of(desk, stored.case.shop)
    rules = rules_of(desk, shop.id, stored.case.policy, stored.case.calendar)

    def decide(now_stored: Stored) -> list[Event]:
        now, case = desk.now(), now_stored.case
        facts = due_facts(case, with_shift(desk, case, rules), now) if case else []
        seq = str(now_stored.version)
        decided[:] = [events.event(now, SYSTEM, fact, key, "due", seq, str(n)) for n, fact in enumerate(facts)]
        return list(decided)

    for _ in range(MAX_STEPS):
        after = record(desk, shop, key, decide)
        if after.version == stored.version:
            break
        written += decided
        stored = after
    _rearm(desk, stored)
    return written


def _rearm(desk: Desk, stored: Stored) -> None:
    """The alarm that rang is used up: if no other is set, set the next one. Setting it twice is the same alarm."""
    if stored.case is None or (stored.armed is not None and stored.armed > desk.now()):
        return
    rules = rules_of(desk, stored.case.shop, stored.case.policy, stored.case.calendar)
    alarm = next_alarm(stored.case, with_shift(desk, stored.case, rules))
    if alarm is not None:
        desk.cases.arm(stored.key, alarm)
