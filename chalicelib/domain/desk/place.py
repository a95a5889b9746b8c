"""Where a case stands among the open work of the desk: whose turn it is, and what is promised next.

Open work is in thirteen lists: for each turn those with an assignee and those without, and the snoozed ones. Every list
is sorted by the next promise that would break.
"""

from typing import Literal, get_args

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.desk.promises import is_owed_a_reply, next_promise
from chalicelib.domain.flows.tasks import Department, open_ones
from chalicelib.domain.kernel.aftersales_enums import Turn
from chalicelib.domain.kernel.timestamps import FAR, SECOND_MS, Instant

WhoseTurn = Literal["us", "customer", "carrier", "warehouse", "finance", "second_person"]
TURNS: tuple[WhoseTurn, ...] = get_args(WhoseTurn)
_OF_FLOW: dict[Turn, WhoseTurn] = {"customer": "customer", "carrier": "carrier", "warehouse": "warehouse"}
_OF_FLOW |= {"finance": "finance"}
_OF_TASK: dict[Department, WhoseTurn] = {"finance": "finance", "logistics": "warehouse"}
SNOOZED = "snoozed"


class Place(Struct, frozen=True):
    """The list that a case is in, such as `assigned#us`, and by what it is sorted there: the instant of its next
    promise. Cases without one come after all others, the oldest first."""

    list: str
    sort: Instant


def place_of(case: Case) -> Place | None:
    """The place of a case; None when nobody works on it any more: it is done, or was merged into another."""
    if case.done:
        return None
    listed = SNOOZED if is_snoozed(case) else f"{'assigned' if case.assignee else 'unassigned'}#{turn_of(case)}"
    promise = next_promise(case)
    due_at = promise.due_at if promise else None
    return Place(listed, due_at if due_at is not None else FAR + case.opened_at // SECOND_MS)


def turn_of(case: Case) -> WhoseTurn:
    """Whose turn it is. Money that was proposed needs a second person, whatever else is to be done. A customer who
    waits for our words makes it ours; otherwise the status, the flow or an open task says who is waited for."""
    if any(given.state == "proposed" for given in case.money):
        return "second_person"
    if is_owed_a_reply(case):
        return "us"
    if case.status == "waiting_customer":
        return "customer"
    if case.flow is not None and not case.flow.ended:
        return _OF_FLOW.get(case.flow.turn, "us")
    if case.status == "waiting_internal" and (tasks := open_ones(case.tasks)):
        return _OF_TASK.get(min(tasks, key=lambda task: task.due_at).department, "us")
    return "us"
