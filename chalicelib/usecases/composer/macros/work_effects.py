"""The effects of macros that any agent's work has: a note, an assignment, a status."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.payloads import Assignment, Message, StatusChange
from chalicelib.domain.composer.macros import ME
from chalicelib.domain.composer.placeholders import unfilled
from chalicelib.domain.flows.tasks import open_ones
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import ALLOWED_CHANGES, Command
from chalicelib.usecases.composer.macros.effect import Doing, EffectRow, Phrase
from chalicelib.usecases.composer.write_message import write_message

if TYPE_CHECKING:
    from chalicelib.usecases.composer.macros.effect import EffectServices


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


NOTE = EffectRow(
    kind="note",
    wanted=_note,
    words=_note_words,
    refusal=_note_refusal,
    after=_unchanged,
    do=_write_note,
)
ASSIGN = EffectRow(
    kind="assign",
    wanted=_assignment,
    words=_assign_words,
    refusal=_assign_refusal,
    after=_after_assigning,
    do=handle_command.assign,
)
STATUS = EffectRow(
    kind="status",
    wanted=_status_change,
    words=_status_words,
    refusal=_status_refusal,
    after=_after_status,
    do=handle_command.set_status,
)
