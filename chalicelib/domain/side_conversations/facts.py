"""What happens in side conversations: threads beside a case with a supplier, a carrier or a department.

All of it is internal: its customer never sees any of it, nor do the shop's endpoints.
"""

from typing import ClassVar, Literal

from msgspec import Struct

from chalicelib.domain.cases.facts import MailRef
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import Instant

SideKind = Literal["supplier", "carrier", "department"]
Failure = Literal["rejected", "unconfirmed", "bounced"]
"""Why an email of ours did not reach the other side: the mail server refused it, it is not known whether it left, or it
came back for good."""


class SideFile(Struct, frozen=True):
    """A file that came with an email of the other side: the name and the media type that the email gives it, and its
    size in bytes."""

    name: Private
    kind: str
    size: int


class SideFact(Fact, frozen=True, kw_only=True):
    """The base of what happens in a side conversation after its start. `side`: the conversation's id."""

    internal: ClassVar[bool] = True
    folds_text: ClassVar[bool] = False
    side: str


class SideConversationStarted(Fact, frozen=True, kw_only=True, tag="side_conversation_started"):
    """An agent wrote to a supplier, a carrier or a department. The conversation's id is that of this event.

    `to`: an email address, or the name of a department that answers without email. `due_at`: until when an answer is
    expected; `due_seconds`: the elapsed seconds the agent gave for every answer, None for working time by default.
    """

    rank: ClassVar[int] = 60
    internal: ClassVar[bool] = True
    folds_text: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ("subject", "message")
    kind: SideKind
    to: Private
    subject: Private
    message: Private
    due_at: Instant
    due_seconds: float | None = None
    task: str | None = None
    """The task of the case that the conversation is about."""


class SideMessageSent(SideFact, frozen=True, kw_only=True, tag="side_message_sent"):
    """An agent wrote to the other side again; the answer is due anew."""

    rank: ClassVar[int] = 61
    searched: ClassVar[tuple[str, ...]] = ("message",)
    message: Private
    due_at: Instant


class SideMessageReceived(SideFact, frozen=True, kw_only=True, tag="side_message_received"):
    """The other side wrote: by email, or an agent recorded what they said in another way."""

    rank: ClassVar[int] = 62
    searched: ClassVar[tuple[str, ...]] = ("message",)
    message: Private
    mail: MailRef | None = None
    files: tuple[SideFile, ...] = ()
    other_sender: bool = False
    """It came from another address than the one that was written to."""
    automatic: Literal["bounce", "reply", "bulk"] | None = None
    """A program sent it: a report about an email of ours, an answer that no person wrote, or a ticket system."""
    failed: bool = False
    """It reports that an email of ours cannot be delivered."""

    @property
    def answers(self) -> bool:
        """Whether it counts as an answer. An absence notice does not; what a ticket system sends often is the answer,
        and nobody sends anything else to the conversation's own address."""
        return self.automatic in (None, "bulk")


class SideConversationClosed(SideFact, frozen=True, kw_only=True, tag="side_conversation_closed"):
    """An agent closed the conversation; a later message of either side opens it again."""

    rank: ClassVar[int] = 63
    reason: Private | None = None


class SideConversationOverdue(SideFact, frozen=True, kw_only=True, tag="side_conversation_overdue"):
    """The other side did not answer in time."""

    rank: ClassVar[int] = 64
    due_at: Instant


class SideMailFailed(SideFact, frozen=True, kw_only=True, tag="side_mail_failed"):
    """A message could not be emailed to the other side, or it is not known whether it was."""

    rank: ClassVar[int] = 65
    why: Failure
