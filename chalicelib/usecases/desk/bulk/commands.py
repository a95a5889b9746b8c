"""The commands that can be given to many cases at once: how each is handled, and how it is undone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.desk.bulk import BulkMacro, CommandName, Former, PlannedMacro, Why
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command, assigns
from chalicelib.usecases.casework.tag_case import change_tags
from chalicelib.usecases.desk.bulk.each_case import WHOLE, Done
from chalicelib.usecases.desk.bulk.ending import stop_whole
from chalicelib.usecases.desk.bulk.macro_command import do_macro, plan_macro, stop_macro
from chalicelib.usecases.desk.bulk.macro_undo import undo_macro
from chalicelib.usecases.desk.bulk.undoing import Handled, changes_tags, undo_assign, undo_status, undo_tags

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices


class BulkCommand(Struct, frozen=True, kw_only=True):
    """A command. `shape`: the type of its body; `changes`: whether it would change a case; `do` handles it; `undo`
    restores what was before if nobody changed that since, and raises ChangedSince otherwise. `conflict`: what it means
    when the state of a case does not allow it. `stop` sees to it that what was not done is not done any more, and says
    what was. `plan` makes of the body what is stored, `planned`; the body itself where there is none."""

    shape: type[Any]
    changes: Callable[[Case, Any], bool]
    do: Callable[["RunBulkServices", Command, Any], Done]
    undo: Callable[["RunBulkServices", Command, Any, Handled], object]
    conflict: Why
    stop: Callable[["RunBulkServices", Command, Any], Done]
    plan: Callable[["RunBulkServices", str, Any], Any] | None = None
    planned: type[Any] | None = None

    @property
    def stored(self) -> type[Any]:
        """The type of what is stored of the body."""
        return self.planned or self.shape


def _changes_status(case: Case, change: payloads.StatusChange) -> bool:
    return case.status != change.status


def _changes_always(_: Case, __: PlannedMacro) -> bool:
    return True


def _done(command: Command, do: Callable[[Command], object]) -> Done:
    """A command that is one thing is done if it added an event to the case."""
    added: list[Event] = []
    do(replace(command, committed=added.extend))
    return Done(did=WHOLE if added else ())


def _assign(services: "RunBulkServices", command: Command, to: payloads.Assignment) -> Done:
    return _done(command, lambda given: handle_command.assign(services, given, to))


def _tag(services: "RunBulkServices", command: Command, change: TagChange) -> Done:
    return _done(command, lambda given: change_tags(services, given, change))


def _set_status(services: "RunBulkServices", command: Command, change: payloads.StatusChange) -> Done:
    return _done(command, lambda given: handle_command.set_status(services, given, change))


COMMANDS: dict[CommandName, BulkCommand] = {
    "assign": BulkCommand(
        shape=payloads.Assignment,
        changes=assigns,
        do=_assign,
        undo=undo_assign,
        stop=stop_whole,
        conflict="away",
    ),
    "tags": BulkCommand(
        shape=TagChange,
        changes=changes_tags,
        do=_tag,
        undo=undo_tags,
        stop=stop_whole,
        conflict="invalid",
    ),
    "status": BulkCommand(
        shape=payloads.StatusChange,
        changes=_changes_status,
        do=_set_status,
        undo=undo_status,
        stop=stop_whole,
        conflict="tasks_open",
    ),
    "macro": BulkCommand(
        shape=BulkMacro,
        plan=plan_macro,
        planned=PlannedMacro,
        changes=_changes_always,
        do=do_macro,
        undo=undo_macro,
        stop=stop_macro,
        conflict="not_allowed",
    ),
}


def former_of(case: Case) -> Former:
    """What a case is before a command."""
    return Former(assignee=case.assignee, team=case.team, status=case.status, tags=case.tags, snoozed=is_snoozed(case))
