"""Is a case what its events say, and will something ring in time for it?"""

from msgspec import UNSET
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.ownership import plainly
from chalicelib.domain.timers.due_timers import next_alarm
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk, rules_of, with_shift


def audit_case(desk: Desk, stored: Stored) -> list[str]:
    """What is wrong with a stored case, each in a sentence; nothing when it agrees with its events and its alarm."""
    case = stored.case
    if case is None:
        return []
    events = desk.cases.events(stored.key)
    rules = rules_of(desk, case.shop, case.policy, case.calendar)
    folded = fold(events, rules)
    if folded is not None and case.definition < DEFINITION:  # it is folded anew by its next change, or by a night
        folded = replace(plainly(folded), clocks=case.clocks)  # what replies were owed has changed since, too
    wrong = [f"{name} is not what the events come to" for name in _differing(case, folded)]
    if len(events) != stored.version:
        wrong.append(f"it is at version {stored.version} and has {len(events)} events")
    alarm = next_alarm(case, with_shift(desk, case, rules))
    if alarm is not None and alarm.at > desk.now() and (stored.armed is None or stored.armed > alarm.at):
        wrong.append(f"nothing will ring for what is due at {alarm.at}")
    return wrong


def _differing(stored: Case, folded: Case | None) -> list[str]:
    return [
        field.name
        for field in fields(Case)
        if getattr(stored, field.name) != (getattr(folded, field.name) if folded else UNSET)
    ]
