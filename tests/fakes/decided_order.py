"""What holds for every change of a case that fakes store: facts of one instant say the same in both of their orders.

A change decides its facts in one order, and stores them sorted by rank where they have the same time. Where the two
orders give different cases, the change does something else than what it decided.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import OPENING
from chalicelib.domain.cases.fold import apply
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.shop_rules import rules_of

if TYPE_CHECKING:
    from tests.fakes.services import FakeServices


def check_decided_order(services: "FakeServices") -> None:
    """Have every change that these services commit checked; AssertionError in the test that made it."""
    commit = services.cases.commit_together

    def checked(changes: Sequence[Change]) -> None:
        commit(changes)
        for change in changes:
            _check(services, change)

    services.cases.commit_together = checked  # type: ignore[method-assign]  # it looks on


def _check(services: "FakeServices", change: Change) -> None:
    """Only of events that are newer than all before: others are folded anew, from events of several changes."""
    stored, after = change.before, change.after.case
    ranked = sorted(change.events, key=lambda event: event.order)
    decided = sorted(change.events, key=lambda event: 0 if event.order == OPENING else event.at)
    is_folded = stored.version and (ranked[0].order <= stored.last or any(event.fact.withdraws for event in ranked))
    if after is None or is_folded or decided == ranked:
        return
    rules, case = rules_of(services, change.shop.id, after.policy, after.calendar), stored.case
    for event in decided:
        case = apply(case, event, rules, services.registries.reducers)
    assert case is not None
    assert _plain(case) == _plain(after), [event.type for event in decided]


def _plain(case: Case) -> Case:
    """The tasks of one instant may stand in any order: each is somebody else's."""
    return replace(case, tasks=tuple(sorted(case.tasks, key=lambda task: task.id)))
