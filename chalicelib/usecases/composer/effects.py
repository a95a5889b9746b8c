"""What macros do to a case besides their text: each effect in words, whether it would be refused, and how it is done.

An effect is a row of `EFFECTS`; a capability whose command macros shall give adds one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.payloads import Assignment, Message, StatusChange
from chalicelib.domain.composer.macros import ME, Effect, EffectKind, MacroActions
from chalicelib.domain.composer.placeholders import unfilled
from chalicelib.domain.flows.tasks import open_ones
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import ALLOWED_CHANGES, Command
from chalicelib.usecases.composer.write_message import write_message

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasIdempotency,
        HasPages,
        HasRegistries,
        HasShops,
        HasUploads,
    )

    class EffectServices(
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasIdempotency,
        HasPages,
        HasRegistries,
        HasShops,
        HasUploads,
        Protocol,
    ):
        """The services that `effects` use."""


class Phrase(Struct, frozen=True):
    """One of our phrases, with what fills it in; values that are phrases themselves are said in the same language."""

    name: str
    values: dict[str, "str | tuple[Phrase, ...]"] = {}

    def said(self, services: "HasPages", language: str) -> str:
        """The phrase in a language."""
        values = {
            name: value if isinstance(value, str) else ", ".join(part.said(services, language) for part in value)
            for name, value in self.values.items()
        }
        return services.pages.text(self.name, language, **values)


class Doing(Struct, frozen=True, kw_only=True):
    """What macros are to do: the actions of one of them, its note filled in, and who applies it."""

    actions: MacroActions
    note: str
    by: str


class EffectRow(Struct, frozen=True, kw_only=True):
    """A kind of effect. `wanted`: its value, None if the macro does not have it; `words`: what it does; `refusal`: why
    it would be refused, or None; `after`: the case after it, for the effects that follow; `do`: the command."""

    kind: EffectKind
    wanted: Callable[[Doing], Any]
    words: Callable[[Any, Case], Phrase]
    refusal: Callable[["EffectServices", Case, Any], Phrase | None]
    after: Callable[[Case, Any], Case]
    do: Callable[["EffectServices", Command, Any], object]


def _note_refusal(_: "EffectServices", __: Case, note: str) -> Phrase | None:
    gaps = unfilled(note)
    return Phrase("macro_refused_gap", {"gaps": ", ".join(gaps)}) if gaps else None


def _status(status: str) -> tuple[Phrase, ...]:
    return (Phrase(f"macro_status_{status}"),)


def _status_words(change: StatusChange, case: Case) -> Phrase:
    return Phrase(
        "macro_status_same" if case.status == change.status else "macro_status", {"status": _status(change.status)}
    )


def _status_refusal(_: "EffectServices", case: Case, change: StatusChange) -> Phrase | None:
    if change.status == case.status:
        return None
    if change.status not in ALLOWED_CHANGES[case.status]:
        return Phrase("macro_refused_status", {"present": _status(case.status), "status": _status(change.status)})
    waiting = sorted({task.department for task in open_ones(case.tasks)})
    if waiting and change.status in ("resolved", "closed"):
        departments = tuple(Phrase(f"department_{name}") for name in waiting)
        return Phrase("macro_refused_tasks", {"departments": departments})
    return None


def _assignment(doing: Doing) -> Assignment | None:
    to = doing.actions.assign
    if to is None:
        return None
    return Assignment(assignee=doing.by if to.assignee == ME else to.assignee, team=to.team)


def _assign_words(to: Assignment, _: Case) -> Phrase:
    if to.assignee and to.team:
        return Phrase("macro_assign_both", {"assignee": to.assignee, "team": to.team})
    if to.assignee:
        return Phrase("macro_assign_agent", {"assignee": to.assignee})
    return Phrase("macro_assign_team", {"team": to.team or ""})


def _assign_refusal(services: "EffectServices", case: Case, to: Assignment) -> Phrase | None:
    status = services.agents.status(case.shop, to.assignee) if to.assignee else None
    if status is None or case.done or case.routing.held_by == to.assignee:
        return None
    if not status.here:
        return Phrase("macro_refused_away", {"assignee": to.assignee or ""})
    return None if status.has_room else Phrase("macro_refused_full", {"assignee": to.assignee or ""})


def _after_assigning(case: Case, to: Assignment) -> Case:
    return replace(case, assignee=to.assignee or case.assignee, team=to.team or case.team)


def _note(doing: Doing) -> str | None:
    return doing.note or None


def _note_words(note: str, _: Case) -> Phrase:
    return Phrase("macro_note", {"note": note})


def _unchanged(case: Case, _: str) -> Case:
    return case


def _write_note(services: "EffectServices", command: Command, note: str) -> object:
    return write_message(services, command, Message(body=note, public=False))


def _status_change(doing: Doing) -> StatusChange | None:
    return StatusChange(status=doing.actions.status) if doing.actions.status else None


def _after_status(case: Case, change: StatusChange) -> Case:
    return replace(case, status=change.status)


EFFECTS: tuple[EffectRow, ...] = (
    EffectRow(
        kind="note",
        wanted=_note,
        words=_note_words,
        refusal=_note_refusal,
        after=_unchanged,
        do=_write_note,
    ),
    EffectRow(
        kind="assign",
        wanted=_assignment,
        words=_assign_words,
        refusal=_assign_refusal,
        after=_after_assigning,
        do=handle_command.assign,
    ),
    EffectRow(
        kind="status",
        wanted=_status_change,
        words=_status_words,
        refusal=_status_refusal,
        after=_after_status,
        do=handle_command.set_status,
    ),
)
"""The effects in the order in which a macro has them."""


class Wanted(Struct, frozen=True, kw_only=True):
    """An effect that a macro is to have."""

    macro: str
    row: EffectRow
    value: Any


def wanted_effects(macro: str, doing: Doing) -> list[Wanted]:
    """The effects of one macro, in order."""
    values = ((row, row.wanted(doing)) for row in EFFECTS)
    return [Wanted(macro=macro, row=row, value=value) for row, value in values if value is not None]


def effect_view(
    services: "HasPages", wanted: Wanted, case: Case, refusal: Phrase | None, done: bool | None = None
) -> Effect:
    """An effect on a case in words, in both languages."""
    words = wanted.row.words(wanted.value, case)
    return Effect(
        macro=wanted.macro,
        kind=wanted.row.kind,
        zh=words.said(services, "zh"),
        en=words.said(services, "en"),
        refused_zh=refusal.said(services, "zh") if refusal else None,
        refused_en=refusal.said(services, "en") if refusal else None,
        done=done,
    )
