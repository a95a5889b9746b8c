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
from chalicelib.usecases.desk.bulk.macro_command import reply_of
from chalicelib.usecases.desk.bulk.undoing import (
    ChangedSince,
    DoneInPart,
    Handled,
    once,
    undo_assign,
    undo_status,
    undo_tags,
)
from chalicelib.usecases.ports.cases import IdempotencyRecord

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices


def undo_macro(services: "RunBulkServices", command: Command, planned: PlannedMacro, handled: Handled) -> None:
    """Restore what the case was. ChangedSince if somebody else has changed all of that since; DoneInPart if some of it
    stays."""
    assert command.seen is not None
    assert command.seen.case is not None
    case = command.seen.case
    stays = [*_take_back(services, command, case, planned), *(["its note stays"] if planned.notes else [])]
    left, undone = [], 0
    for part, undo in _steps(services, case, planned, handled, command.by.id or ""):
        try:
            undo(part_of(command, part))
            undone += 1
        except AftercareError as error:
            left.append(str(error))
    if left and not undone:
        raise ChangedSince("; ".join(left))
    if left or stays:
        raise DoneInPart("; ".join([*left, *stays]))


def _take_back(services: "RunBulkServices", command: Command, case: Case, planned: PlannedMacro) -> list[str]:
    """Take the reply back if it still waits; what stays otherwise."""
    if not planned.reply:
        return []
    reply = reply_of(services, command)
    if reply is not None and reply.state == "waiting":
        with suppress(Conflict):
            undo_reply(services, case, reply.id, command.by.id or "")
            return []
    return ["a reply that has left stays"]


Undo = tuple[str, Callable[[Command], object]]
"""A part of an undo: its name, which an attempt that broke off had, too; and how it is done."""


def _steps(services: "RunBulkServices", case: Case, planned: PlannedMacro, handled: Handled, by: str) -> Iterator[Undo]:
    """What is to be undone: only that in which the case differs from what it was."""
    actions, former = planned.actions, handled.former
    if actions.snooze and is_snoozed(case) and not former.snoozed:
        yield "snooze", lambda command: _undo_snooze(services, command, handled.once)
    if actions.status and case.status != former.status:
        change = payloads.StatusChange(status=actions.status)
        yield "status", lambda command: undo_status(services, command, change, former)
    if actions.assign and (case.assignee, case.team) != (former.assignee, former.team):
        assignee = by if actions.assign.assignee == ME else actions.assign.assignee
        to = payloads.Assignment(assignee=assignee, team=actions.assign.team)
        yield "assign", lambda command: undo_assign(services, command, to, former)
    if actions.tags and case.tags != former.tags:
        tags = actions.tags
        yield "tags", lambda command: undo_tags(services, command, tags, former)


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
