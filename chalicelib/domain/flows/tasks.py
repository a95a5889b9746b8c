"""Tasks for departments: made by rules or by hand, each with its own due time."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.aftersales_enums import Reason
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant

Department = Literal["quality", "logistics", "finance", "tech", "product", "after_sales"]
LATE = "a task of {department} was not done in time"
"""Why a case is escalated for a task, as it is stored."""
DUE_HOURS = 24
"""A task, and the joint plan of a quality claim, is due in 24 hours unless another time is given."""
QUALITY_REASONS: tuple[Reason, ...] = ("defective", "not_as_described")
JOINT: tuple[Department, ...] = ("quality", "logistics", "after_sales")
"""These departments work on a quality claim at the same time."""
MAX_OPEN = 20
"""The most open tasks of a case; no rule makes more."""
NewTask = tuple[Department, str, Instant]
"""Department, title and due time of a task that a rule makes."""


class Task(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task of a department for a case."""

    id: str
    department: Department
    title: Private
    due_at: Instant
    done_at: Instant | None = None
    outcome: Private | None = None
    late_at: Instant | None = None
    """When it was found to be late."""

    @property
    def late(self) -> bool:
        """It was not done in time."""
        return self.late_at is not None

    @property
    def open(self) -> bool:
        """It is not done yet."""
        return self.done_at is None


def of_claim(reason: Reason, now: Instant) -> list[NewTask]:
    """The tasks that a claim makes by rule."""
    if reason not in QUALITY_REASONS:
        return []
    return [(department, f"联合方案 joint plan: {reason}", now + DUE_HOURS * HOUR_MS) for department in JOINT]


def of_chase(now: Instant) -> NewTask:
    """The task for a parcel that was not scanned in time."""
    return "logistics", "追踪包裹 chase the parcel", now + DUE_HOURS * HOUR_MS


def of_dispute(now: Instant, due_by: Instant | None, what: str) -> NewTask:
    """The task for a dispute; `due_by`: when the bank needs the evidence, if it says so."""
    due_at = due_by if due_by is not None and due_by > now else now + DUE_HOURS * HOUR_MS
    return "finance", f"答复拒付争议 answer the bank: {what}"[:500], due_at


def of_offer(now: Instant, offer: Money, why: str) -> NewTask:
    """The task for an amount that was promised and may not be given in this form."""
    title = f"已承诺的补偿需处理 promised and not given yet: {offer.amount} {offer.currency}; {why}"
    return "finance", title[:500], now + DUE_HOURS * HOUR_MS


def of_email(now: Instant, sender: str) -> NewTask:
    """The task for an email that somebody other than the customer sent to a case that nobody is working on."""
    title = f"他人来信待查看 somebody else wrote into this case: {sender or '?'}"
    return "after_sales", title[:500], now + DUE_HOURS * HOUR_MS


def of_unsent(now: Instant, sender: str) -> NewTask:
    """The task for an email of a colleague to a case that was not meant for its customer, or may not have been."""
    title = f"同事来信只记为备注，没有寄给客户 a colleague's mail was noted and not sent to the customer: {sender}"
    return "after_sales", title[:500], now + DUE_HOURS * HOUR_MS


def find(tasks: tuple[Task, ...], identifier: str) -> Task | None:
    """The task with this id."""
    return next((task for task in tasks if task.id == identifier), None)


def of_silence(now: Instant, money: str) -> NewTask:
    """The task for money that the shop was asked to pay and has not reported on."""
    return "finance", f"查明是否已付款 find out whether it was paid: {money}", now + DUE_HOURS * HOUR_MS


def of_money_elsewhere(now: Instant, what: str, amount: str) -> NewTask:
    """The task for money that was refunded without us and does not fit what we give."""
    title = f"核对店外退款 compare with what we give: {amount} went back without us ({what})"
    return "finance", title[:500], now + DUE_HOURS * HOUR_MS


def open_ones(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks that are not done yet."""
    return tuple(task for task in tasks if task.open)


def add(tasks: tuple[Task, ...], task: Task) -> tuple[Task, ...]:
    """The tasks with one more; unchanged if it is among them."""
    return tasks if find(tasks, task.id) else (*tasks, task)


def done(tasks: tuple[Task, ...], identifier: str, done_at: Instant, outcome: str | None) -> tuple[Task, ...]:
    """The tasks after one was done; a task that is done stays as it is."""
    return tuple(
        replace(task, done_at=done_at, outcome=outcome) if task.id == identifier and task.open else task
        for task in tasks
    )


def found_late(tasks: tuple[Task, ...], identifier: str, found_at: Instant) -> tuple[Task, ...]:
    """The tasks after one was found late."""
    return tuple(
        replace(task, late_at=task.late_at or found_at) if task.id == identifier and task.open else task
        for task in tasks
    )
