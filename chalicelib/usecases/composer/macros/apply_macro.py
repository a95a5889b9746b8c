"""Apply macros to a case: all their effects by the usual commands, each with its result, and their text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.macros import Effect
from chalicelib.domain.composer.pending_replies import ReplyIn, waits
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.errors import AftercareError, NotFound, Stale
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.read_case import load_case_files
from chalicelib.usecases.composer.macros.effect import Phrase
from chalicelib.usecases.composer.macros.effects import Wanted, effect_view
from chalicelib.usecases.composer.macros.preview_macro import FilledMacro, effects_of, fill_macros
from chalicelib.usecases.composer.send_reply import Sending, send_reply
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord, StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.composer.macros.preview_macro import PreviewMacroServices
    from chalicelib.usecases.composer.send_reply import SendReplyServices

    class ApplyMacroServices(PreviewMacroServices, SendReplyServices, Protocol):
        """The services that `apply_macro` uses."""


SENT_ELSEWHERE = "Another request with the same key sent it."


class Applied(Struct, frozen=True, kw_only=True):
    """What became of macros that were applied. `text`: for the reply, unless it was sent; `sent`: whether this request
    sent it, now or at an earlier attempt; `refused`: why it was not sent although it was to be."""

    stored: StoredCase
    text: str
    files: tuple[str, ...]
    effects: tuple[Effect, ...]
    reply: Sending | None = None
    sent: bool = False
    refused: str | None = None


def apply_macro(
    services: "ApplyMacroServices", command: Command, macros: Iterable[str], reply: bool = False, by_kind: bool = False
) -> Applied:
    """Apply macros in order. An effect that is refused stops none of the others. With `reply` their text is sent to
    the customer, and the status that they set comes with it; otherwise the text is for whoever writes the reply.
    `by_kind`: whether the parts of the request are named by what they do, which only one macro allows.

    Invalid for a macro that the shop does not have; Stale as for any command.
    """
    stored = command.seen or services.cases.load(key_of_id(command.case))
    if stored.case is None:
        raise NotFound(f"There is no case {command.case!r}.")
    if command.expected is not None and stored.version != command.expected:
        raise Stale(f"The case is at version {stored.version}, not {command.expected}: read it again.")
    agent = command.by.id or ""
    filled = fill_macros(services, load_case_files(services, [stored])[0], macros, agent)
    wanted = effects_of(filled, agent, services.now())
    sends = reply and any(macro.text for macro in filled)
    now = [effect for effect in wanted if not (sends and effect.row.kind == "status")]
    names = [effect.row.kind if by_kind else str(place) for place, effect in enumerate(now)]
    effects = [_apply(services, part_of(command, name), effect) for name, effect in zip(names, now, strict=True)]
    applied = Applied(
        stored=services.cases.load(stored.key),
        text="\n\n".join(macro.text for macro in filled if macro.text),
        files=tuple(dict.fromkeys(name for macro in filled for name in macro.macro.content.files)),
        effects=tuple(effects),
    )
    if reply and not sends:
        return replace(applied, refused="These macros have no text for the customer.")
    return _reply(services, command, applied, stored, filled) if sends else applied


def part_of(command: Command, part: str) -> Command:
    """The command for one part of a request: done once under the key of the whole and the name of the part."""
    once = command.idempotency
    record = IdempotencyRecord(f"{once.key}-{part}", once.digest) if once else None
    return replace(command, expected=None, seen=None, idempotency=record)


def _apply(services: "ApplyMacroServices", command: Command, wanted: Wanted) -> Effect:
    case, once = _present(services, command), command.idempotency
    before = services.cases.answered(once.key) if once is not None else None
    if before is not None:
        return effect_view(services, wanted, case, None, done=_is_same(command, before))
    refusal = wanted.row.refusal(services, case, wanted.value)
    done = refusal is None
    if refusal is None:
        try:
            wanted.row.do(services, command, wanted.value)
        except AlreadyAnswered as error:
            done = _is_same(command, error.idempotency)  # handled at the same time
        except AftercareError as error:
            refusal, done = Phrase("macro_refused_other", {"why": str(error)}), False
    return effect_view(services, wanted, case, refusal, done=done)


def _is_same(command: Command, before: IdempotencyRecord) -> bool:
    """Whether it was this request that did something before, and not another one with its key."""
    return command.idempotency is not None and command.idempotency.digest == before.digest


def _present(services: "ApplyMacroServices", command: Command) -> Case:
    case = services.cases.load(key_of_id(command.case)).case
    assert case is not None
    return case


def _reply(
    services: "ApplyMacroServices", command: Command, applied: Applied, seen: StoredCase, filled: list[FilledMacro]
) -> Applied:
    """Send the text, unless something came since the case was read; what was done here does not count."""
    once = command.idempotency
    before = services.cases.answered(once.key) if once is not None and seen.case and waits(seen.case) else None
    if before is not None:  # a reply that waits has no such record: this request was stopped
        return replace(applied, refused=SENT_ELSEWHERE)
    body = ReplyIn(body=applied.text, seen=seen.version, files=applied.files, then=_status_of(filled))
    try:
        sending = send_reply(services, replace(command, expected=None, seen=None), body)
    except AlreadyAnswered as error:
        is_same = _is_same(command, error.idempotency)
        return replace(applied, sent=is_same, refused=None if is_same else SENT_ELSEWHERE)
    except AftercareError as error:
        return replace(applied, refused=str(error))
    return replace(applied, reply=sending, sent=True, stored=sending.stored or applied.stored)


def _status_of(filled: list[FilledMacro]) -> Status | None:
    """The status that the macros set, the last of them if several do."""
    statuses = [macro.macro.content.actions.status for macro in filled]
    return next((status for status in reversed(statuses) if status), None)
