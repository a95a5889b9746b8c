"""A macro on many cases: what it does to each by the usual commands, and its text to the customers if asked for."""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.composer.macros import Effect, MacroActions
from chalicelib.domain.composer.pending_replies import PendingReply
from chalicelib.domain.desk.bulk import BulkMacro, PlannedMacro
from chalicelib.domain.kernel.errors import Conflict, invalid
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.composer.macros.apply_effect import part_of
from chalicelib.usecases.composer.macros.apply_macro import SENT_ELSEWHERE, Applied, apply_content, apply_macro
from chalicelib.usecases.composer.macros.effects import EFFECTS
from chalicelib.usecases.composer.undo_reply import replies_of
from chalicelib.usecases.desk.bulk.each_case import Done
from chalicelib.usecases.desk.bulk.ending import stopped

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
    if planned.content is None:
        places = [part_of(command, str(place)) for place in range(len(EFFECTS))]
        done = [place for place in places if not stopped(services, place)]
        did = list(kinds_of(planned)) if done else []
    else:
        did = [row.kind for row in EFFECTS if not stopped(services, part_of(command, row.kind))]
    if planned.reply and (not stopped(services, command) or reply_of(services, command) is not None):
        did.append("reply")
    return Done(did=tuple(did))


def kinds_of(planned: PlannedMacro) -> tuple[str, ...]:
    """What the macro was to do besides its text, by kind."""
    wanted = {"note": planned.notes, **msgspec.structs.asdict(planned.actions)}
    return tuple(row.kind for row in EFFECTS if wanted[row.kind])


def reply_of(services: "RunBulkServices", command: Command) -> PendingReply | None:
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
