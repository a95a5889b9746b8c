"""Tasks of a case that staff handle: give one to a department, and record its outcome."""

from typing import TYPE_CHECKING
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
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class HandleTasksServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `handle_tasks` uses."""


def open_task(services: "HandleTasksServices", command: Command, body: TaskIn) -> StoredCase:
    """Give a department a task, due in 24 hours unless the request names another time."""
    now = services.now()
    due_at = from_datetime(body.due_at) if body.due_at else now + DUE_HOURS * HOUR_MS
    if due_at <= now:
        raise invalid("due_at", "lies in the past")
    if due_at > FAR:
        raise invalid("due_at", "lies after 2100")
    task = new_id(now, key_of("task", command.case, str(uuid4())))

    def decide(case: Case) -> list[Fact]:
        if len(open_ones(case.tasks)) >= MAX_OPEN:
            raise Conflict(f"The case has {MAX_OPEN} open tasks already: finish one first.")
        return [TaskOpened(task=task, department=body.department, title=body.title, due_at=due_at)]

    return handle(services, command, decide)


def finish_task(services: "HandleTasksServices", command: Command, task_id: str, result: TaskResult) -> StoredCase:
    """Record the outcome of a task. NotFound without such a task, Conflict when it is done already."""

    def decide(case: Case) -> list[Fact]:
        task = find(case.tasks, task_id)
        if task is None:
            raise NotFound(f"The case has no task {task_id!r}.")
        if not task.open:
            raise Conflict("The task is done already.")
        return [TaskDone(task=task_id, department=task.department, due_at=task.due_at, outcome=result.outcome)]

    return handle(services, command, decide, while_merged=True)
