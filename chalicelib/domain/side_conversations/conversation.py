"""The side conversations of a case as its state has them: whose turn it is in each, and until when."""

from typing import ClassVar, Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case, part_of
from chalicelib.domain.cases.parts import CasePart
from chalicelib.domain.kernel.ids import KEY_LENGTH, key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.side_conversations.facts import Failure, SideKind

MAX_CONVERSATIONS = 10
"""The most conversations that the state of a case holds, because it is written with every event."""
Turn = Literal["them", "us"]


class SideConversation(Struct, frozen=True, array_like=True):
    """One side conversation. Its address, subject and messages are in the events of the case."""

    id: str
    kind: SideKind
    waiting_for: Turn
    due_at: Instant | None = None
    """Until when their answer is expected; None while it is our turn."""
    due_seconds: float | None = None
    sent: int = 1
    received: int = 0
    message_at: Instant = 0
    """When the newest message was written."""
    overdue_at: Instant | None = None
    """When it was found that they did not answer in time; None once either side has written."""
    closed_at: Instant | None = None
    failed: Failure | None = None
    """Why our newest message did not reach them."""
    task: str | None = None

    @property
    def state(self) -> Literal["open", "closed"]:
        """Whether it still goes on."""
        return "open" if self.closed_at is None else "closed"

    @property
    def awaits_answer(self) -> bool:
        """Whether their answer is expected."""
        return self.closed_at is None and self.waiting_for == "them" and self.due_at is not None


class SideConversations(CasePart, frozen=True, kw_only=True):
    """All side conversations of a case, in the order in which they were started."""

    name: ClassVar[str] = "sides"
    all: tuple[SideConversation, ...] = ()


def conversations_of(case: Case) -> tuple[SideConversation, ...]:
    """The side conversations of a case, in the order in which they were started."""
    return part_of(case, SideConversations).all if SideConversations.name in case.parts else ()


def find(case: Case, identifier: str) -> SideConversation | None:
    """The conversation of the case with this id, or with this key of an id."""
    key = identifier if len(identifier) == KEY_LENGTH else key_of_id(identifier)
    return next((side for side in conversations_of(case) if key_of_id(side.id) == key), None)


def thread_key(case: str, side: str = "") -> str:
    """What an email belongs to, as it is remembered by its message id: the key of a case, and that of a side
    conversation behind it if there is one."""
    return f"{case}{side}"


def split_thread(thread: str) -> tuple[str, str]:
    """The key of the case and of its side conversation, which is empty for the customer's own thread."""
    return thread[:KEY_LENGTH], thread[KEY_LENGTH:]
