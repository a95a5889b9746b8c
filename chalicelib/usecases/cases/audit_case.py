"""Is a case what its events say, and will something ring in time for it?"""

from msgspec import UNSET
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.ownership import without_ownership
from chalicelib.domain.timers.due_timers import next_timer
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, rules_of, with_shift


def audit_case(services: Services, stored: StoredCase) -> list[str]:
    """What is wrong with a stored case, each in a sentence; nothing when it agrees with its events and its alarm."""
    case = stored.case
    if case is None:
        return []
    events = services.cases.events(stored.key)
    rules = rules_of(services, case.shop, case.policy, case.calendar)
    folded = fold(events, rules, services.registries.reducers)
    if folded is not None and case.definition < DEFINITION:  # it is folded anew by its next change, or by a night
        folded = replace(without_ownership(folded), clocks=case.clocks)  # what replies were owed has changed since, too
    wrong = [f"{name} is not what the events come to" for name in _differing(case, folded)]
    if len(events) != stored.version:
        wrong.append(f"it is at version {stored.version} and has {len(events)} events")
    timer = next_timer(case, with_shift(services, case, rules), services.registries.timers)
    if timer is not None and timer.at > services.now() and (stored.armed is None or stored.armed > timer.at):
        wrong.append(f"nothing will ring for what is due at {timer.at}")
    return wrong


def _differing(stored: Case, folded: Case | None) -> list[str]:
    return [
        field.name
        for field in fields(Case)
        if getattr(stored, field.name) != (getattr(folded, field.name) if folded else UNSET)
    ]
