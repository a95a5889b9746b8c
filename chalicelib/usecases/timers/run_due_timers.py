"""An alarm rang: write down what time has done to the case, and set the next alarm."""

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, rules_of, shop_of, with_shift

MAX_STEPS = 8  # what is left after so many waits for the alarm that is set then


def run_due_timers(services: Services, key: str) -> list[Event]:
    """Bring the case up to date with the clock; the events that were written. An early or late ring does nothing."""
    written: list[Event] = []
    decided: list[Event] = []
    stored = services.cases.load(key)
    if stored.case is None:
        return written
    shop = shop_of(services, stored.case.shop)
    rules = rules_of(services, shop.id, stored.case.policy, stored.case.calendar)
    sources = services.registries.timers

    def decide(now_stored: StoredCase) -> list[Event]:
        now, case = services.now(), now_stored.case
        facts = due_facts(case, with_shift(services, case, rules), now, sources) if case else []
        seq = str(now_stored.version)
        decided[:] = [events.event(now, SYSTEM, fact, key, "due", seq, str(n)) for n, fact in enumerate(facts)]
        return list(decided)

    for _ in range(MAX_STEPS):
        after = append_events(services, shop, key, decide)
        if after.version == stored.version:
            break
        written += decided
        stored = after
    _rearm(services, stored)
    return written


def _rearm(services: Services, stored: StoredCase) -> None:
    """The alarm that rang is used up: if no other is set, set the next one. Setting it twice is the same alarm."""
    if stored.case is None or (stored.armed is not None and stored.armed > services.now()):
        return
    rules = rules_of(services, stored.case.shop, stored.case.policy, stored.case.calendar)
    timer = next_timer(stored.case, with_shift(services, stored.case, rules), services.registries.timers)
    if timer is not None:
        services.cases.set_timer(stored.key, timer)
