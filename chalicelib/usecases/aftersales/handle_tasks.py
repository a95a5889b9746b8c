"""Tasks of a case, by hand: give one to a department, and say what came of it."""

from uuid import uuid4

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.facts import TaskDone, TaskOpened
from chalicelib.domain.flows.payloads import TaskIn, TaskResult
from chalicelib.domain.flows.tasks import DUE_HOURS, MAX_OPEN, find, open_ones
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import FAR, HOUR_MS, from_datetime
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


def open_task(services: Services, command: Command, told: TaskIn) -> StoredCase:
    """Give a department something to do, due in 24 hours unless told otherwise."""
    now = services.now()
    due_at = from_datetime(told.due_at) if told.due_at else now + DUE_HOURS * HOUR_MS
    if due_at <= now:
        raise invalid("due_at", "lies in the past")
    if due_at > FAR:
        raise invalid("due_at", "lies after 2100")
    task = new_id(now, key_of("task", command.case, str(uuid4())))

    def decide(case: Case) -> list[Fact]:
        if len(open_ones(case.tasks)) >= MAX_OPEN:
            raise Conflict(f"The case has {MAX_OPEN} open tasks already: finish one first.")
        return [TaskOpened(task=task, department=told.department, title=told.title, due_at=due_at)]

    return handle(services, command, decide)


def finish_task(services: Services, command: Command, task: str, told: TaskResult) -> StoredCase:
    """Say what came of a task."""

    def decide(case: Case) -> list[Fact]:
        known = find(case.tasks, task)
        if known is None:
            raise NotFound(f"The case has no task {task!r}.")
        if not known.open:
            raise Conflict("The task is done already.")
        return [TaskDone(task=task, department=known.department, due_at=known.due_at, outcome=told.outcome)]

    return handle(services, command, decide)
