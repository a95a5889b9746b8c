"""Check that a stored case agrees with its events, and that its timer is set."""

from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.ownership import without_ownership
from chalicelib.domain.cases.packs import compact
from chalicelib.domain.timers.due_timers import next_timer
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of, with_shift

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class AuditCaseServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `audit_case` uses."""


def audit_case(services: "AuditCaseServices", stored: StoredCase) -> list[str]:
    """The faults of a stored case, each as a sentence; none when it agrees with its events and its timer."""
    case = stored.case
    if case is None:
        return []
    events = services.cases.events(stored.key)
    rules = rules_of(services, case.shop, case.policy, case.calendar)
    folded = fold(events, rules, services.registries.reducers)
    if folded is not None and case.definition < DEFINITION:  # its next change or the nightly job folds it again
        folded = replace(without_ownership(folded), clocks=case.clocks)  # the rules of reply clocks have changed, too
    faults = [f"{name} is not what the events give" for name in _differing_fields(case, folded)]
    if {event.order: compact(event) for event in events} != {
        event.order: compact(event) for event in services.cases.events_to_fold(stored)
    }:
        faults.append("its packs do not have its events")
    if len(events) != stored.version:
        faults.append(f"it is at version {stored.version} and has {len(events)} events")
    timer = next_timer(case, with_shift(services, case, rules), services.registries.timers)
    if timer is not None and timer.at > services.now() and (stored.armed is None or stored.armed > timer.at):
        faults.append(f"no timer is set for what is due at {timer.at}")
    return faults


def _differing_fields(stored: Case, folded: Case | None) -> list[str]:
    return [
        field.name
        for field in fields(Case)
        if getattr(stored, field.name) != (getattr(folded, field.name) if folded else UNSET)
    ]
