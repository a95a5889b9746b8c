"""Apply macros to a case: all their effects by the usual commands, each with its result, and their text."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.composer.macros import Effect, MacroIn
from chalicelib.domain.composer.pending_replies import ReplyIn, waits
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.errors import AftercareError, NotFound, Stale
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.read_case import CaseFile, load_case_files
from chalicelib.usecases.composer.macros.apply_effect import apply_effect, is_same, part_of
from chalicelib.usecases.composer.macros.effects import Wanted
from chalicelib.usecases.composer.macros.preview_macro import FilledMacro, effects_of, fill_contents, fill_macros
from chalicelib.usecases.composer.send_reply import Sending, send_reply
from chalicelib.usecases.ports.cases import AlreadyAnswered, StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.composer.macros.preview_macro import PreviewMacroServices
    from chalicelib.usecases.composer.send_reply import SendReplyServices

    class ApplyMacroServices(PreviewMacroServices, SendReplyServices, Protocol):
        """The services that `apply_macro` uses."""


SENT_ELSEWHERE = "Another request with the same key sent it."


Naming = Callable[[int, Wanted], str]
"""How an effect names its part of the request, by its place among the effects and by itself."""


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
    services: "ApplyMacroServices", command: Command, macros: Iterable[str], reply: bool = False
) -> Applied:
    """Apply macros in order. An effect that is refused stops none of the others. With `reply` their text is sent to
    the customer, and the status that they set comes with it; otherwise the text is for whoever writes the reply.

    Invalid for a macro that the shop does not have; Stale as for any command.
    """
    seen, file = _read(services, command)
    filled = fill_macros(services, file, macros, command.by.id or "")
    return _apply(services, seen, filled, reply, lambda place, _: str(place))


def apply_content(
    services: "ApplyMacroServices", command: Command, macro: str, content: MacroIn, reply: bool
) -> Applied:
    """Apply a macro as it was at some time; the parts of the request are named by what they do. Otherwise as for
    `apply_macro`."""
    seen, file = _read(services, command)
    filled = fill_contents(services, file, {macro: content}, command.by.id or "")
    return _apply(services, seen, filled, reply, lambda _, effect: effect.row.kind)


def _read(services: "ApplyMacroServices", command: Command) -> tuple[Command, CaseFile]:
    """The command with the case as it is now, and that with all that fills macros in."""
    stored = command.seen or services.cases.load(key_of_id(command.case))
    if stored.case is None:
        raise NotFound(f"There is no case {command.case!r}.")
    if command.expected is not None and stored.version != command.expected:
        raise Stale(f"The case is at version {stored.version}, not {command.expected}: read it again.")
    return replace(command, seen=stored), load_case_files(services, [stored])[0]


def _apply(
    services: "ApplyMacroServices", command: Command, filled: list[FilledMacro], reply: bool, name: Naming
) -> Applied:
    sends = reply and any(macro.text for macro in filled)
    wanted = effects_of(filled, command.by.id or "", services.now())
    now = [effect for effect in wanted if not (sends and effect.row.kind == "status")]
    parts = [(part_of(command, name(place, effect)), effect) for place, effect in enumerate(now)]
    effects = tuple(apply_effect(services, part, effect) for part, effect in parts)
    applied = Applied(
        stored=services.cases.load(key_of_id(command.case)),
        text="\n\n".join(macro.text for macro in filled if macro.text),
        files=tuple(dict.fromkeys(name for macro in filled for name in macro.content.files)),
        effects=effects,
    )
    if reply and not sends:
        return replace(applied, refused="These macros have no text for the customer.")
    return _reply(services, command, applied, filled) if sends else applied


def _reply(services: "ApplyMacroServices", command: Command, applied: Applied, filled: list[FilledMacro]) -> Applied:
    """Send the text, unless something came since the case was read; what was done here does not count."""
    assert command.seen is not None
    body = ReplyIn(body=applied.text, seen=command.seen.version, files=applied.files, then=_status_of(filled))
    try:
        _check_not_stopped(services, command)
        sending = send_reply(services, replace(command, expected=None, seen=None), body)
    except AlreadyAnswered as error:
        sent = is_same(command, error.idempotency)
        return replace(applied, sent=sent, refused=None if sent else SENT_ELSEWHERE)
    except AftercareError as error:
        return replace(applied, refused=str(error))
    return replace(applied, reply=sending, sent=True, stored=sending.stored or applied.stored)


def _check_not_stopped(services: "ApplyMacroServices", command: Command) -> None:
    """AlreadyAnswered if somebody took the request's key. A reply that waits is not stored under it, so that would not
    be seen."""
    case = command.seen.case if command.seen else None
    if command.idempotency is not None and case is not None and waits(case):
        record = services.cases.answered(command.idempotency.key)
        if record is not None:
            raise AlreadyAnswered(record)


def _status_of(filled: list[FilledMacro]) -> Status | None:
    """The status that the macros set, the last of them if several do."""
    statuses = [macro.content.actions.status for macro in filled]
    return next((status for status in reversed(statuses) if status), None)
