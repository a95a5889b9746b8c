"""How commands on many cases are undone: what each case was is restored, unless somebody has changed it since."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseTagged
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.casework.tags import clean_tag
from chalicelib.domain.desk.bulk import Former
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command, assignment, assigns, handle
from chalicelib.usecases.composer.macros.apply_effect import part_of
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import HandleCommandServices


class ChangedSince(AftercareError):
    """Somebody has changed the case since, so it is left as it is."""


class NothingToUndo(AftercareError):
    """All that was done to the case stays; the message says what."""


class DoneInPart(AftercareError):
    """Part of it was done; the message says what was not."""


class Handled(Struct, frozen=True, kw_only=True):
    """What is to be undone of a case: what that was before, the idempotency record of what was done to it, and the
    kinds of that; None if that is not known."""

    former: Former
    once: IdempotencyRecord
    did: tuple[str, ...] | None = None


def once(services: "HandleCommandServices", command: Command, undo: Callable[[], object]) -> None:
    """Undo something, unless an earlier attempt with the same key did, whatever has become of the case since."""
    try:
        undo()
    except AlreadyAnswered:
        return
    except ChangedSince:
        record = command.idempotency
        if record is None or services.cases.answered(record.key) is None:
            raise


def undo_assign(services: "HandleCommandServices", command: Command, to: payloads.Assignment, handled: Handled) -> None:
    """Give the case back to whom it was assigned, or to nobody."""
    former = handled.former

    def decide(case: Case) -> list[Fact]:
        if assigns(case, to):
            raise ChangedSince("It was assigned to somebody else since.")
        team = former.team if to.team and former.team != to.team else None
        if to.assignee is None or former.assignee in (None, to.assignee):
            facts: list[Fact] = [assignment(services, case, payloads.Assignment(team=team))] if team else []
            is_new = to.assignee is not None and former.assignee is None
            return [*facts, CaseReleased(agent=str(to.assignee), why="by_hand")] if is_new else facts
        return [assignment(services, case, payloads.Assignment(assignee=former.assignee, team=team))]

    once(services, command, lambda: handle_command.with_room(lambda: handle(services, command, decide)))


def changes_tags(case: Case, change: TagChange) -> bool:
    """Whether tags would be added or removed; one that is not well formed is for the command to refuse."""
    added, removed = ({clean_tag(tag) for tag in tags} for tags in (change.add, change.remove))
    return bool(added - set(case.tags) or removed & set(case.tags))


def undo_tags(services: "HandleCommandServices", command: Command, change: TagChange, handled: Handled) -> None:
    """Take away the tags that were added, and give back those that were removed; other tags stay as they are."""
    former = handled.former
    added, removed = ({clean_tag(tag) for tag in tags} for tags in (change.add, change.remove))
    was = set(former.tags)

    def decide(case: Case) -> list[Fact]:
        if changes_tags(case, change):
            raise ChangedSince("Its tags were changed since.")
        back = tuple(tag for tag in former.tags if tag in removed)
        return [CaseTagged(added=back, removed=tuple(sorted(added - was)))]

    once(services, command, lambda: handle(services, command, decide))


def undo_status(
    services: "HandleCommandServices", command: Command, change: payloads.StatusChange, handled: Handled
) -> None:
    """A case that was new is open afterwards, and one that was resolved is reopened: its events say so. What follows
    the reopening is a step of its own, so an attempt that broke off between them goes on."""
    former = handled.former.status
    status = "open" if former == "new" else former
    is_one_step = status in handle_command.ALLOWED_CHANGES[change.status]
    step = status if is_one_step else "open"
    _change_back(services, command, change.status, step)
    if not is_one_step and step != status:
        _change_back(services, part_of(command, "then"), step, status)


def _change_back(services: "HandleCommandServices", command: Command, present: Status, to: Status) -> None:
    def decide(case: Case) -> list[Fact]:
        if case.status != present:
            raise ChangedSince(f"It is {case.status} since.")
        return handle_command.status_facts(case, payloads.StatusChange(status=to, reason="undone"))

    once(services, command, lambda: handle(services, command, decide))
