"""Tasks for other departments: made by rules or by hand, each with a time of its own."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.aftersales_enums import Reason
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant

Department = Literal["quality", "logistics", "finance", "tech", "product", "after_sales"]
DUE_HOURS = 24
"""A task, and the joint plan of a quality claim, is due in 24 hours unless told otherwise."""
QUALITY_REASONS: tuple[Reason, ...] = ("defective", "not_as_described")
JOINT: tuple[Department, ...] = ("quality", "logistics", "after_sales")
"""A quality claim is worked on by these at once."""
MAX_OPEN = 20


class Task(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a department is to do for a case."""

    id: str
    department: Department
    title: Private
    due_at: Instant
    done_at: Instant | None = None
    outcome: Private | None = None
    late_at: Instant | None = None
    """When it was found not to be done in time."""

    @property
    def late(self) -> bool:
        """It was not done in time."""
        return self.late_at is not None

    @property
    def open(self) -> bool:
        """Nobody has done it yet."""
        return self.done_at is None


def of_claim(reason: Reason, at: Instant) -> list[tuple[Department, str, Instant]]:
    """Department, title and due time of the tasks a claim makes by rule."""
    if reason not in QUALITY_REASONS:
        return []
    return [(department, f"联合方案 joint plan: {reason}", at + DUE_HOURS * HOUR_MS) for department in JOINT]


def of_chase(at: Instant) -> tuple[Department, str, Instant]:
    """The task of a parcel that was not scanned in time."""
    return "logistics", "追踪包裹 chase the parcel", at + DUE_HOURS * HOUR_MS


def of_dispute(at: Instant, due_by: Instant | None, what: str) -> tuple[Department, str, Instant]:
    """The task of a dispute: the bank wants evidence by a time of its own."""
    due_at = due_by if due_by is not None and due_by > at else at + DUE_HOURS * HOUR_MS
    return "finance", f"答复拒付争议 answer the bank: {what}"[:500], due_at


def of_offer(at: Instant, offer: Money, why: str) -> tuple[Department, str, Instant]:
    """The task of an amount that was promised and may not be given as it is."""
    title = f"已承诺的补偿需处理 promised and not given yet: {offer.amount} {offer.currency}; {why}"
    return "finance", title[:500], at + DUE_HOURS * HOUR_MS


def of_email(at: Instant, sender: str) -> tuple[Department, str, Instant]:
    """The task of a mail that somebody else wrote into a case which nobody looks at."""
    title = f"他人来信待查看 somebody else wrote into this case: {sender or '?'}"
    return "after_sales", title[:500], at + DUE_HOURS * HOUR_MS


def of_unsent(at: Instant, sender: str) -> tuple[Department, str, Instant]:
    """The task of a colleague's mail to a case that was not for its customer, or cannot be told to be."""
    title = f"同事来信只记为备注，没有寄给客户 a colleague's mail was noted and not sent to the customer: {sender}"
    return "after_sales", title[:500], at + DUE_HOURS * HOUR_MS


def find(tasks: tuple[Task, ...], identifier: str) -> Task | None:
    """The task of that id."""
    return next((task for task in tasks if task.id == identifier), None)


def of_silence(at: Instant, money: str) -> tuple[Department, str, Instant]:
    """The task of money the shop was asked for, and has said nothing of until that moment."""
    return "finance", f"查明是否已付款 find out whether it was paid: {money}", at + DUE_HOURS * HOUR_MS


def of_money_elsewhere(at: Instant, what: str, amount: str) -> tuple[Department, str, Instant]:
    """The task of money that went back without us, and does not fit to what we give."""
    title = f"核对店外退款 compare with what we give: {amount} went back without us ({what})"
    return "finance", title[:500], at + DUE_HOURS * HOUR_MS


def open_ones(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    """Those that are still to be done."""
    return tuple(task for task in tasks if task.open)


def due_next(tasks: tuple[Task, ...]) -> Task | None:
    """The open task that is late next; one that was found late is not found again."""
    waiting = [task for task in open_ones(tasks) if not task.late]
    return min(waiting, key=lambda task: task.due_at, default=None)


def add(tasks: tuple[Task, ...], task: Task) -> tuple[Task, ...]:
    """The tasks with one more; the same ones when it is known."""
    return tasks if find(tasks, task.id) else (*tasks, task)


def done(tasks: tuple[Task, ...], identifier: str, at: Instant, outcome: str | None) -> tuple[Task, ...]:
    """The tasks after one was done; done stays done."""
    return tuple(
        replace(one, done_at=at, outcome=outcome) if one.id == identifier and one.open else one for one in tasks
    )


def found_late(tasks: tuple[Task, ...], identifier: str, at: Instant) -> tuple[Task, ...]:
    """The tasks after one was found late."""
    return tuple(replace(one, late_at=one.late_at or at) if one.id == identifier and one.open else one for one in tasks)
