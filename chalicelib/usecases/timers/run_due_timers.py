"""A timer of a case is due: append the facts that are due, and set the next timer."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of, shop_of, with_shift

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class RunDueTimersServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `run_due_timers` uses."""


MAX_STEPS = 8  # if more is due, the next timer, which is set then, continues


def run_due_timers(services: "RunDueTimersServices", key: str, seen: StoredCase | None = None) -> list[Event]:
    """Append the facts that are due on the case; the events that were appended. A timer that is too early or too late
    finds nothing due. `seen`: the case as the caller has just read it."""
    appended: list[Event] = []
    due_events: list[Event] = []
    stored = seen or services.cases.load(key)
    if stored.case is None:
        return appended
    rules = rules_of(services, stored.case.shop, stored.case.policy, stored.case.calendar)

    def decide(before: StoredCase) -> list[Event]:
        due_events[:] = _due_events(services, before, rules)
        return list(due_events)

    for _ in range(MAX_STEPS):
        if not _due_events(services, stored, rules):
            break
        shop = shop_of(services, stored.case.shop, fresh=False)
        stored = append_events(services, shop, key, decide, Conditions(seen=stored))
        appended += due_events
    _set_next_timer(services, stored)
    return appended


def _due_events(services: "RunDueTimersServices", stored: StoredCase, rules: Rules) -> list[Event]:
    case = stored.case
    now = services.now()
    if case is None:
        return []
    facts = due_facts(case, with_shift(services, case, rules), now, services.registries.timers)
    version = str(stored.version)
    return [events.event(now, SYSTEM, fact, stored.key, "due", version, str(place)) for place, fact in enumerate(facts)]


def _set_next_timer(services: "RunDueTimersServices", stored: StoredCase) -> None:
    """Set the case's next timer in place of the one that was due, unless the change has set one. Setting the same timer
    twice changes nothing."""
    if stored.case is None or (stored.armed is not None and stored.armed > services.now()):
        return
    rules = rules_of(services, stored.case.shop, stored.case.policy, stored.case.calendar)
    timer = next_timer(stored.case, with_shift(services, stored.case, rules), services.registries.timers)
    if timer is not None:
        services.cases.set_timer(stored.key, timer)
