"""Undo a macro on many cases.

Undone is what a case was before: its status, assignee, team and tags, and that it was not snoozed. A reply that still
waits comes back as a draft. A note stays, and so does a reply that has left: the undo says so."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseSnoozed, SnoozeEnded
from chalicelib.domain.casework.parts import Snooze, is_snoozed, snooze_of
from chalicelib.domain.composer.macros import ME
from chalicelib.domain.desk.bulk import PlannedMacro
from chalicelib.domain.kernel.errors import AftercareError, Conflict
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.composer.macros.apply_effect import part_of
from chalicelib.usecases.composer.undo_reply import undo_reply
from chalicelib.usecases.desk.bulk.macro_command import kinds_of, reply_of
from chalicelib.usecases.desk.bulk.undoing import (
    ChangedSince,
    DoneInPart,
    Handled,
    NothingToUndo,
    once,
    undo_assign,
    undo_status,
    undo_tags,
)
from chalicelib.usecases.ports.cases import IdempotencyRecord

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices


def undo_macro(services: "RunBulkServices", command: Command, planned: PlannedMacro, handled: Handled) -> None:
    """Restore what the case was. ChangedSince if somebody else has changed all of that since, NothingToUndo if all that
    was done stays; DoneInPart if some of it does."""
    assert command.seen is not None
    assert command.seen.case is not None
    did = handled.did if handled.did is not None else (*kinds_of(planned), *(["reply"] if planned.reply else []))
    is_back = "reply" in did and _take_back(services, command, command.seen.case)
    has_left = "reply" in did and not is_back
    if has_left:
        did = (*did, "status")  # it comes with the reply
    steps = _steps(services, command.seen.case, planned, handled, command.by.id or "")
    left, undone = _undo_all(command, [(part, undo) for part, undo in steps if part in did])
    stays = [
        *(["a reply that has left stays"] if has_left else []),
        *(["its note stays"] if "note" in did else []),
    ]
    _say(left, stays, undone or is_back)


def _take_back(services: "RunBulkServices", command: Command, case: Case) -> bool:
    """Whether the reply came back, now or before; not if it was sent at once, or has left."""
    reply = reply_of(services, command)
    if reply is None:
        return False
    if reply.state == "waiting":
        with suppress(Conflict):
            undo_reply(services, case, reply.id, command.by.id or "")
            return True
    return reply.state in ("undone", "held")


Undo = tuple[str, Callable[[Command], object] | None]
"""A part of an undo: its name, which an attempt that broke off had, too; and how it is done, None if the case is as it
was before."""


def _undo_all(command: Command, steps: list[Undo]) -> tuple[list[str], bool]:
    """What was left and why, and whether any of it is as before."""
    left = []
    for part, undo in steps:
        try:
            if undo is not None:
                undo(part_of(command, part))
        except AftercareError as error:
            left.append(str(error))
    return left, len(left) < len(steps)


def _say(left: list[str], stays: list[str], is_undone: bool) -> None:
    if left and not is_undone:
        raise ChangedSince("; ".join([*left, *stays]))
    if stays and not is_undone:
        raise NothingToUndo("; ".join(stays))
    if left or stays:
        raise DoneInPart("; ".join([*left, *stays]))


def _steps(services: "RunBulkServices", case: Case, planned: PlannedMacro, handled: Handled, by: str) -> Iterator[Undo]:
    """How each action of the macro is undone, where the case differs from what it was."""
    actions, former = planned.actions, handled.former
    if actions.snooze:
        is_new = is_snoozed(case) and not former.snoozed
        yield "snooze", (lambda command: _undo_snooze(services, command, handled.once)) if is_new else None
    if actions.status:
        change = payloads.StatusChange(status=actions.status)
        differs = case.status != former.status
        yield "status", (lambda command: undo_status(services, command, change, handled)) if differs else None
    if actions.assign:
        assignee = by if actions.assign.assignee == ME else actions.assign.assignee
        to = payloads.Assignment(assignee=assignee, team=actions.assign.team)
        differs = (case.assignee, case.team) != (former.assignee, former.team)
        yield "assign", (lambda command: undo_assign(services, command, to, handled)) if differs else None
    if actions.tags:
        tags, differs = actions.tags, case.tags != former.tags
        yield "tags", (lambda command: undo_tags(services, command, tags, handled)) if differs else None


def _undo_snooze(services: "RunBulkServices", command: Command, given: IdempotencyRecord) -> None:
    """End the snooze of the macro, not another that somebody chose since. `given`: the record of the macro."""
    snoozed = services.cases.answered(f"{given.key}-snooze")

    def decide(case: Case) -> list[Fact]:
        snooze = snooze_of(case)
        if snooze is None or snooze.since is None:
            return []
        if snooze.by != command.by.id or (snoozed is not None and _is_later(services, case, snooze, snoozed.version)):
            raise ChangedSince("It was snoozed anew since.")
        return [SnoozeEnded(why="by_hand", since=snooze.since)]

    once(services, command, lambda: handle(services, command, decide))


def _is_later(services: "RunBulkServices", case: Case, snooze: Snooze, version: int) -> bool:
    """Whether a snooze of the case came after it had this version."""
    events = services.cases.events_since(key_of_id(case.id), snooze.since or 0)
    return any(isinstance(event.fact, CaseSnoozed) and event.seq > version for event in events)
