"""Commands on many cases at once: what is asked for, what is planned, and what came of each case."""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from chalicelib.domain.composer.macros import MacroActions, MacroIn
from chalicelib.domain.desk.views import View
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.validation import Input, Name

MOST = 500
CommandName = Literal["assign", "tags", "status", "macro"]
State = Literal["done", "unchanged", "refused", "undone", "left"]
Why = Literal[
    "away", "full", "tasks_open", "not_allowed", "gone", "busy", "changed_since", "in_part", "stays", "invalid"
]
"""Why a case was refused or left, as a word; `Outcome.reason` says it in a sentence."""


class BulkIn(Input, frozen=True, kw_only=True):
    """The body of `POST /v1/cases/bulk`: a command on cases by their ids, or on all cases of a view, 500 at most.
    `after`: the `next` of the answer before, to go on with a view of more. `key`: chosen by the caller; the same key
    has the same effect once."""

    shop: Name
    cases: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MOST)] | None = None
    view: View | None = None
    after: Annotated[str, Meta(pattern=r"^[0-9]{13}[#-][0-9A-Z]{16,26}(~[0-9a-f]{40})?\Z")] | None = None
    command: CommandName
    body: Raw
    key: Name


class UndoIn(Input, frozen=True, kw_only=True):
    """The body of `POST /v1/cases/bulk/undo`. `key`: that of the bulk command."""

    shop: Name
    key: Name


class BulkMacro(Input, frozen=True, kw_only=True):
    """The body of the command `macro`. `reply`: whether its text is sent to each customer."""

    macro: Name
    reply: bool = False


class PlannedMacro(Struct, frozen=True, kw_only=True):
    """The same as it is stored, with what the macro did then, so that it can be undone after the macro was changed."""

    macro: str
    reply: bool
    actions: MacroActions
    notes: bool = False
    content: MacroIn | None = None
    """The macro as it was, which each case gets. None in plans of an earlier version, which give what the macro is now
    and name what they did by its place."""


class Former(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a case was before, of that which the command changes."""

    assignee: str | None = None
    team: str | None = None
    status: Status = "new"
    tags: tuple[str, ...] = ()
    snoozed: bool = False


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of the command for one case. `left`: an undo has not changed it, because somebody else has since, or
    because nothing of it can be undone. `did`: what of the command was done, by kind; None in outcomes of an earlier
    version. `former`: what the case was just before, if somebody had changed it since the plan."""

    case: str
    number: str | None = None
    state: State
    why: Why | None = None
    reason: str | None = None
    did: tuple[str, ...] | None = None
    former: Former | None = None


class Planned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case that the command is for. `former` is None if the shop has no such case."""

    case: str
    number: str | None = None
    former: Former | None = None


class Bulk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bulk command as it is stored: the plan before it is handled, and the outcomes afterwards. `digest`: of the
    request that used its key; `asked`: of the command and its body alone. `first`: the key of the command that this one
    goes on with on the rest of a view; what that gave to a case, this does not give again. `version`: how often
    outcomes were stored."""

    key: str
    digest: str
    command: CommandName
    body: str
    cases: tuple[Planned, ...]
    next: str | None = None
    asked: str = ""
    first: str | None = None
    version: int = 0
    outcomes: tuple[Outcome, ...] = ()
    undone: tuple[Outcome, ...] = ()

    @property
    def whole(self) -> str:
        """The key of the whole command, of which this may be a later part."""
        return self.first or self.key


FIRST = "~"
"""In the cursor of a view, before the key of the command that began."""


def split_cursor(after: str | None) -> tuple[str | None, str | None]:
    """A bulk command's cursor, taken apart: the cursor of the view, and the key of the command that began."""
    cursor, _, first = (after or "").partition(FIRST)
    return cursor or None, first or None
