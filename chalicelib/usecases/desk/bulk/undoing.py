"""How commands on many cases are undone: what each case was is restored, unless somebody has changed it since."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseTagged
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.casework.tags import clean_tag
from chalicelib.domain.desk.bulk import Former
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command, assignment, handle
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import HandleCommandServices


class ChangedSince(AftercareError):
    """Somebody has changed the case since, so it is left as it is."""


class DoneInPart(AftercareError):
    """Part of it was done; the message says what was not."""


def assigns(case: Case, to: payloads.Assignment) -> bool:
    """Whether it would change the assignee or the team."""
    return to.assignee not in (None, case.assignee) or to.team not in (None, case.team)


def undo_assign(
    services: "HandleCommandServices", command: Command, to: payloads.Assignment, former: Former
) -> StoredCase:
    """Give the case back to whom it was assigned, or to nobody."""

    def decide(case: Case) -> list[Fact]:
        if assigns(case, to):
            raise ChangedSince("It was assigned to somebody else since.")
        team = former.team if to.team and former.team != to.team else None
        if to.assignee is None or former.assignee in (None, to.assignee):
            facts: list[Fact] = [assignment(services, case, payloads.Assignment(team=team))] if team else []
            is_new = to.assignee is not None and former.assignee is None
            return [*facts, CaseReleased(agent=str(to.assignee), why="by_hand")] if is_new else facts
        return [assignment(services, case, payloads.Assignment(assignee=former.assignee, team=team))]

    return handle_command.with_room(lambda: handle(services, command, decide))


def changes_tags(case: Case, change: TagChange) -> bool:
    """Whether tags would be added or removed; one that is not well formed is for the command to refuse."""
    added, removed = ({clean_tag(tag) for tag in tags} for tags in (change.add, change.remove))
    return bool(added - set(case.tags) or removed & set(case.tags))


def undo_tags(services: "HandleCommandServices", command: Command, change: TagChange, former: Former) -> StoredCase:
    """Take away the tags that were added, and give back those that were removed; other tags stay as they are."""
    added, removed = ({clean_tag(tag) for tag in tags} for tags in (change.add, change.remove))
    was = set(former.tags)

    def decide(case: Case) -> list[Fact]:
        if changes_tags(case, change):
            raise ChangedSince("Its tags were changed since.")
        back = tuple(tag for tag in former.tags if tag in removed)
        return [CaseTagged(added=back, removed=tuple(sorted(added - was)))]

    return handle(services, command, decide)


def undo_status(
    services: "HandleCommandServices", command: Command, change: payloads.StatusChange, former: Former
) -> StoredCase:
    """A case that was new is open afterwards, and one that was resolved is reopened: its events say so."""
    status = "open" if former.status == "new" else former.status

    def decide(case: Case) -> list[Fact]:
        if case.status != change.status:
            raise ChangedSince(f"It is {case.status} since.")
        step = status if status in handle_command.ALLOWED_CHANGES[case.status] else "open"
        return handle_command.status_facts(case, payloads.StatusChange(status=step, reason="undone"))

    stored = handle(services, command, decide)
    if stored.case is None or stored.case.status == status:
        return stored
    second = Command(case=command.case, shop=command.shop, by=command.by)
    return handle_command.set_status(services, second, payloads.StatusChange(status=status, reason="undone"))
