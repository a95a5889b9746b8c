"""What the two boxes of a case's page show: one's drafts, replies that wait, files, macros, colleagues, and to whom a
reply goes."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.composer.drafts import Draft, DraftKind
from chalicelib.domain.composer.macros import Effect
from chalicelib.domain.composer.pending_replies import PendingReply, waits
from chalicelib.domain.kernel.ids import key_of_id

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.domain.composer.agent_files import AgentFile
    from chalicelib.entrypoints.http.desk.context import Desk
    from chalicelib.usecases.cases.read_case import CaseFile

KINDS: tuple[DraftKind, ...] = ("reply", "note")
THEN = ("resolved", "waiting_customer", "waiting_internal")
"""The statuses that a case may get with a reply."""


class InsertedMacros(Struct, frozen=True, kw_only=True):
    """Macros that were put into the reply: what they would also do, and what the text of the last one lacks."""

    macros: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    missing: tuple[str, ...] = ()


NOTHING = InsertedMacros()


class Destination(Struct, frozen=True):
    """To whom a reply goes: `email` to an address, `chat`, or the `page` where the customer reads it."""

    way: str
    address: str = ""


class MacroOption(Struct, frozen=True):
    """A macro that can be put into the reply."""

    id: str
    name: str


class Box(Struct, frozen=True, kw_only=True):
    """The values of the template `composer.html`."""

    reply: Draft | None
    note: Draft | None
    pending: list[PendingReply]
    files: list["AgentFile"]
    macros: list[MacroOption]
    colleagues: list[tuple[str, str]]
    destination: Destination
    then: tuple[str, ...]
    inserted: InsertedMacros = NOTHING


def box_of(desk: "Desk", file: "CaseFile", inserted: InsertedMacros = NOTHING) -> Box:
    """What the boxes show to the person at the desk."""
    from chalicelib.usecases.cases.handle_command import ALLOWED_CHANGES
    from chalicelib.usecases.composer.attach_files import files_of
    from chalicelib.usecases.composer.undo_reply import replies_of

    case, who = file.case, desk.caller.name
    drafts = {kind: services().drafts.load(case.shop, who, key_of_id(case.id), kind) for kind in KINDS}
    reply = drafts["reply"]
    return Box(
        reply=reply,
        note=drafts["note"],
        pending=[each for each in replies_of(services(), case, who) if each.state == "waiting"],
        files=list(files_of(services(), case, reply.files).values()) if reply else [],
        macros=_macros(desk, case),
        colleagues=sorted((agent, name) for agent, name in desk.staff.items() if agent != who),
        destination=_destination(case, (file.customer.email if file.customer else None) or ""),
        then=tuple(status for status in THEN if status in ALLOWED_CHANGES[case.status] and status != case.status),
        inserted=inserted,
    )


def _macros(desk: "Desk", case: "Case") -> list[MacroOption]:
    macros = [macro for macro in services().macros.all(case.shop) if not macro.deleted and not macro.content.archived]
    names = {macro.id: macro.content.name for macro in macros}
    named = (MacroOption(key, name.zh if desk.language == "zh" else name.en) for key, name in names.items())
    return sorted(named, key=lambda option: option.name.casefold())


def _destination(case: "Case", email: str) -> Destination:
    if case.channel == "chat":
        return Destination("chat")
    return Destination("email", email) if waits(case) else Destination("page")
