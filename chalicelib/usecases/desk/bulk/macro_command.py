"""A macro on many cases: what it does to each by the usual commands, and its text to the customers if asked for.

Undone is what a case was before: its status, assignee, team and tags, and that it was not snoozed. A reply that still
waits comes back as a draft. A note stays, and so does a reply that has left: the undo says so."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.casework.payloads import Unsnooze
from chalicelib.domain.composer.macros import ME, Effect, MacroActions
from chalicelib.domain.composer.pending_replies import PendingReply
from chalicelib.domain.desk.bulk import BulkMacro, Former, PlannedMacro
from chalicelib.domain.kernel.errors import AftercareError, Conflict, NotFound, invalid
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework.snooze_case import unsnooze
from chalicelib.usecases.composer.macros.apply_effect import part_of
from chalicelib.usecases.composer.macros.apply_macro import SENT_ELSEWHERE, Applied, apply_content, apply_macro
from chalicelib.usecases.composer.macros.effects import EFFECTS
from chalicelib.usecases.composer.undo_reply import replies_of, undo_reply
from chalicelib.usecases.desk.bulk.each_case import Done
from chalicelib.usecases.desk.bulk.ending import stopped
from chalicelib.usecases.desk.bulk.undoing import ChangedSince, DoneInPart, once, undo_assign, undo_status, undo_tags
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices


def plan_macro(services: "RunBulkServices", shop: str, wanted: BulkMacro) -> PlannedMacro:
    """The macro with its actions as they are now. Invalid for one that the shop does not have, that is archived, or
    that would change nothing."""
    macro = services.macros.load(shop, wanted.macro)
    if macro is None or macro.deleted or macro.content.archived:
        raise invalid("body.macro", f"the shop has no macro {wanted.macro!r}, or it is archived")
    content = macro.content
    if content.actions == MacroActions() and content.note is None and not wanted.reply:
        raise invalid("body.macro", "does nothing but its text: ask for that to be sent, too")
    return PlannedMacro(
        macro=wanted.macro,
        reply=wanted.reply,
        actions=content.actions,
        notes=content.note is not None,
        content=content,
    )


def do_macro(services: "RunBulkServices", command: Command, planned: PlannedMacro) -> Done:
    """Apply the macro, as it was when the command was given, to a case; what another part of the whole command has done
    to it is not done again. Conflict if all that was left was refused."""
    if planned.content is None:
        applied = apply_macro(services, command, [planned.macro], planned.reply)
    else:
        applied = apply_content(services, command, planned.macro, planned.content, planned.reply)
    did = [effect.kind for effect in applied.effects if effect.done]
    refused = [*_refusals(applied.effects), *_reply_refusal(applied)]
    if refused and not did and not applied.sent:
        raise Conflict("; ".join(refused))
    return Done(did=(*did, *(["reply"] if applied.sent else [])), refused="; ".join(refused))


def stop_macro(services: "RunBulkServices", command: Command, planned: PlannedMacro) -> Done:
    """Stop the macro on a case: each of its parts that was not done yet."""
    kinds: Sequence[str] = [row.kind for row in EFFECTS]
    parts = kinds if planned.content is not None else [str(place) for place in range(len(EFFECTS))]
    did = [part for part in parts if not stopped(services, part_of(command, part))]
    if planned.reply and (not stopped(services, command) or _reply_of(services, command) is not None):
        did.append("reply")
    return Done(did=tuple(did))


def _reply_of(services: "RunBulkServices", command: Command) -> PendingReply | None:
    """The reply that this request sent, if that waits or ended within a week."""
    assert command.seen is not None
    assert command.seen.case is not None
    assert command.idempotency is not None
    own = replies_of(services, command.seen.case, command.by.id or "")
    return next((reply for reply in own if reply.request == command.idempotency.digest), None)


def _reply_refusal(applied: Applied) -> list[str]:
    return [applied.refused] if applied.refused and applied.refused != SENT_ELSEWHERE else []


def _refusals(effects: tuple[Effect, ...]) -> list[str]:
    return [f"{effect.en}: {effect.refused_en}" for effect in effects if effect.refused_en]


def undo_macro(services: "RunBulkServices", command: Command, planned: PlannedMacro, former: Former) -> StoredCase:
    """Restore what the case was. ChangedSince if somebody else has changed all of that since; DoneInPart if some of it
    stays."""
    stored = services.cases.load(command.seen.key) if command.seen else None
    if stored is None or stored.case is None:
        raise NotFound(f"There is no case {command.case!r}.")
    stays = [*_take_back(services, command, stored.case, planned), *(["its note stays"] if planned.notes else [])]
    left, undone = [], 0
    for part, undo in _steps(services, stored.case, planned, former, command.by.id or ""):
        try:
            undo(part_of(command, part))
            undone += 1
        except AftercareError as error:
            left.append(str(error))
    if left and not undone:
        raise ChangedSince("; ".join(left))
    if left or stays:
        raise DoneInPart("; ".join([*left, *stays]))
    return services.cases.load(stored.key)


def _take_back(services: "RunBulkServices", command: Command, case: Case, planned: PlannedMacro) -> list[str]:
    """Take the reply back if it still waits; what stays otherwise."""
    if not planned.reply:
        return []
    reply = _reply_of(services, command)
    if reply is not None and reply.state == "waiting":
        with suppress(Conflict):
            undo_reply(services, case, reply.id, command.by.id or "")
            return []
    return ["a reply that has left stays"]


Undo = tuple[str, Callable[[Command], object]]
"""A part of an undo: its name, which an attempt that broke off had, too; and how it is done."""


def _steps(services: "RunBulkServices", case: Case, planned: PlannedMacro, former: Former, by: str) -> Iterator[Undo]:
    """What is to be undone: only that in which the case differs from what it was."""
    actions = planned.actions
    if actions.snooze and is_snoozed(case) and not former.snoozed:
        yield "snooze", lambda command: once(services, command, lambda: unsnooze(services, command, Unsnooze()))
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
