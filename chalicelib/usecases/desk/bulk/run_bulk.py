"""Give one command to many cases, and undo it as a whole.

The plan is stored before anything changes: which cases, and what they are. Then each case is changed by itself, several
at the same time. A request that is repeated with its key, also after a crash in the middle, goes on with the same plan
and changes each case once.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from chalicelib.domain.desk.bulk import Bulk, BulkIn, Outcome, Planned, UndoIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.validation import read
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.desk.bulk.commands import COMMANDS, BulkCommand, former_of
from chalicelib.usecases.desk.bulk.each_case import WHOLE, Attempt, Done, outcome_done, outcome_of
from chalicelib.usecases.desk.bulk.ending import store_outcomes, with_outcomes, with_undone
from chalicelib.usecases.desk.bulk.plan_bulk import digest_of, plan_bulk
from chalicelib.usecases.desk.bulk.undoing import Handled
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord, StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices


def run_bulk(services: "RunBulkServices", body: BulkIn, by: Actor) -> Bulk:
    """Handle a command on all its cases; the outcome of each is in the answer. `next` is where to go on if the view has
    more cases. Invalid if the key was used for another request."""
    command = COMMANDS[body.command]
    key, digest = digest_of(by.id or "", body.key), digest_of(msgspec.json.encode(body).decode())
    bulk = services.bulks.load(body.shop, key)
    if bulk is None:
        bulk = services.bulks.plan(body.shop, plan_bulk(services, body, by, key, digest), services.now())
    if bulk.digest != digest:
        raise invalid("key", "was used for another command; choose a new one")
    if bulk.outcomes:
        return bulk
    run = _Run(services, body.shop, by, bulk, command, read(bulk.body, command.stored))
    outcomes = run.for_each(bulk.cases, run.do)
    return store_outcomes(services, body.shop, bulk, lambda stored: with_outcomes(stored, outcomes))


def undo_bulk(services: "RunBulkServices", body: UndoIn, by: Actor) -> Bulk:
    """Undo a bulk command: each case that it changed is as before, unless somebody has changed that since; the outcomes
    are in `undone`. A command that broke off is stopped first. NotFound if the agent gave none with this key in the
    last week."""
    bulk = services.bulks.load(body.shop, digest_of(by.id or "", body.key))
    if bulk is None:
        raise NotFound(f"There is no command with the key {body.key!r}.")
    if bulk.undone:
        return bulk
    command = COMMANDS[bulk.command]
    run = _Run(services, body.shop, by, bulk, command, read(bulk.body, command.stored))
    outcomes = bulk.outcomes or run.for_each(bulk.cases, run.stop)
    done = {outcome.case: outcome for outcome in outcomes if outcome.state == "done"}
    changed = [each for each in bulk.cases if each.case in done]
    undone = run.for_each(changed, lambda each, stored: run.undo(each, stored, done[each.case]))
    return store_outcomes(services, body.shop, bulk, lambda stored: with_undone(stored, outcomes, undone))


class _Run:
    """One command on many cases, as it is handled or undone."""

    def __init__(
        self, services: "RunBulkServices", shop: str, by: Actor, bulk: Bulk, command: BulkCommand, arguments: Any
    ) -> None:
        self.services, self.shop, self.by, self.bulk = services, shop, by, bulk
        self.command, self.arguments = command, arguments

    def for_each(
        self, planned: Sequence[Planned], handle: Callable[[Planned, StoredCase], Outcome]
    ) -> tuple[Outcome, ...]:
        """The outcomes for these cases, several of which are handled at the same time."""
        from concurrent.futures import ThreadPoolExecutor  # only this needs it, so no cold start waits for it

        stored = self.services.cases.load_many(key_of_id(each.case) for each in planned if each.former is not None)
        with ThreadPoolExecutor(WORKERS) as pool:
            return tuple(pool.map(lambda each: self._handle(each, stored.get(key_of_id(each.case)), handle), planned))

    def _handle(
        self, planned: Planned, stored: StoredCase | None, handle: Callable[[Planned, StoredCase], Outcome]
    ) -> Outcome:
        if stored is None or stored.case is None:
            reason = f"There is no case {planned.case!r}."
            return Outcome(case=planned.case, number=planned.number, state="refused", why="gone", reason=reason)
        return handle(planned, stored)

    def do(self, planned: Planned, stored: StoredCase) -> Outcome:
        """Handle the command on a case. It changes nothing if the case is so already, and is `done` then only if an
        earlier attempt has done it, not somebody else."""
        assert stored.case is not None
        outcome = Outcome(case=planned.case, number=planned.number, state="unchanged")
        changes = self.command.changes(stored.case, self.arguments)
        if not changes and former_of(stored.case) == planned.former:
            return outcome
        given = replace(self._given(planned, stored, "do"), only_changes=True)
        attempt = self._attempt(getattr(self.arguments, "assignee", None))
        done = outcome_of(self.services, attempt, outcome, lambda: self._do(given, changes), "done")
        former = former_of(stored.case)
        is_known = done.did == WHOLE and former != planned.former  # a part of a macro may have been done before
        return replace(done, former=former) if is_known else done

    def _do(self, given: Command, changes: bool) -> Done:
        done = self.command.do(self.services, given, self.arguments) if changes else Done(did=())
        once = given.idempotency
        before = self.services.cases.answered(once.key) if once is not None and done == Done(did=()) else None
        if before is not None:
            raise AlreadyAnswered(before)
        return done

    def stop(self, planned: Planned, stored: StoredCase) -> Outcome:
        """Stop the command on a case; `done` if it was done before."""
        outcome = Outcome(case=planned.case, number=planned.number, state="unchanged")
        given = self._given(planned, stored, "do")
        return outcome_done(outcome, self.command.stop(self.services, given, self.arguments))

    def undo(self, planned: Planned, stored: StoredCase, done: Outcome) -> Outcome:
        """Restore what a case was before. `done`: the outcome of the command for it."""
        former = done.former or planned.former
        assert former is not None
        outcome = Outcome(case=planned.case, number=planned.number, state="left")
        given = self._given(planned, stored, "undo")
        handled = Handled(former=former, once=self._once(planned, "do"), did=done.did)
        undo = self.command.undo
        attempt = self._attempt(former.assignee if self.bulk.command == "assign" else None)
        return outcome_of(
            self.services, attempt, outcome, lambda: undo(self.services, given, self.arguments, handled), "undone"
        )

    def _attempt(self, assignee: str | None) -> Attempt:
        return Attempt(self.shop, self.bulk.digest, assignee, self.command.conflict)

    def _given(self, planned: Planned, stored: StoredCase, what: str) -> Command:
        once = self._once(planned, what)
        return Command(case=planned.case, shop=self.shop, by=self.by, idempotency=once, seen=stored)

    def _once(self, planned: Planned, what: str) -> IdempotencyRecord:
        key = self.bulk.whole if what == "do" else self.bulk.key
        return IdempotencyRecord(digest_of(key, planned.case, what), self.bulk.digest)


WORKERS = 8
"""More would not be faster when all cases go to one agent, whose load is one item."""
