"""Handle one command on one case of many, and say what came of it. Whatever is refused is an outcome, not an error."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.desk.bulk import Outcome, State, Why
from chalicelib.domain.kernel.errors import AftercareError, Conflict, Invalid, NotFound
from chalicelib.usecases.desk.bulk.undoing import ChangedSince, DoneInPart, NothingToUndo
from chalicelib.usecases.ports.cases import AlreadyAnswered, RetryLater

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import HandleCommandServices


class Attempt(Struct, frozen=True):
    """What is to be known of a command to say why it was refused: to whom it assigns, if it does, and what a conflict
    with the state of the case means otherwise. `digest`: of its request."""

    shop: str
    digest: str
    assignee: str | None
    conflict: Why


WHOLE = ("all",)
"""What a command that is one thing did."""


class Done(Struct, frozen=True, kw_only=True):
    """What a command did to a case. `did`: what of it was done by this request, by kind; `refused`: why some of it was
    not, in words."""

    did: tuple[str, ...]
    refused: str = ""


def outcome_of(
    services: "HandleCommandServices", case: Attempt, outcome: Outcome, do: Callable[[], object], done: State
) -> Outcome:
    """The outcome of a command on a case: `done` if it was handled, now or by an earlier attempt of the same request,
    `unchanged` if another part of the whole command had the case before, and otherwise why not."""
    try:
        result = do()
    except AlreadyAnswered as error:
        return replace(outcome, state=done if error.idempotency.digest == case.digest else "unchanged")
    except DoneInPart as error:
        return replace(outcome, state=done, why="in_part", reason=str(error))
    except NothingToUndo as error:
        return replace(outcome, state="left", why="stays", reason=str(error))
    except ChangedSince as error:
        return replace(outcome, state="left", why="changed_since", reason=str(error))
    except (AftercareError, RetryLater) as error:
        return replace(outcome, state="refused", why=_why(services, case, error), reason=_sentence(error))
    return outcome_done(outcome, result) if isinstance(result, Done) else replace(outcome, state=done)


def outcome_done(outcome: Outcome, done: Done) -> Outcome:
    """The outcome for a case to which a command did this."""
    if not done.did:
        return replace(outcome, state="unchanged")
    why: Why | None = "in_part" if done.refused else None
    return replace(outcome, state="done", why=why, reason=done.refused or None, did=done.did)


def _why(services: "HandleCommandServices", case: Attempt, error: Exception) -> Why:
    if isinstance(error, RetryLater):
        return "busy"
    if isinstance(error, NotFound):
        return "gone"
    if isinstance(error, Invalid) or not isinstance(error, Conflict):
        return "invalid"
    if error.allowed is not None:
        return "not_allowed"
    if case.assignee is None:
        return case.conflict
    status = services.agents.status(case.shop, case.assignee)
    return "full" if status is not None and status.here else "away"


def _sentence(error: Exception) -> str:
    if isinstance(error, RetryLater):
        return "Others change it at this moment: try again."
    return str(error)
