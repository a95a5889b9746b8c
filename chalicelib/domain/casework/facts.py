"""What agents do to keep cases in order: they merge and split them, snooze them, tag them and link them."""

from typing import ClassVar, Literal

from chalicelib.domain.kernel.enums import CaseType, Priority
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import Instant

SnoozeEvent = Literal["customer_message", "parcel_scanned", "parcel_received", "refund_completed", "task_done"]
"""What a snoozed case can wait for."""
WhyEnded = Literal[SnoozeEvent, "time", "by_hand", "escalated"]


class CaseMergedInto(Fact, frozen=True, kw_only=True, tag="case_merged_into"):
    """The case became part of another, `into`."""

    rank: ClassVar[int] = 40
    into: str


class CaseUnmergedFrom(Fact, frozen=True, kw_only=True, tag="case_unmerged_from"):
    """The case was taken out of `case` again, and goes on as if it had never been merged. `event`: the id of the merge.
    `answered_at`: when its customer was last answered on the other case, while this one was merged into it."""

    rank: ClassVar[int] = 41
    case: str
    event: str
    answered_at: Instant | None = None

    @property
    def withdraws(self) -> tuple[str, ...]:
        """The merge."""
        return (self.event,)


class CaseMerged(Fact, frozen=True, kw_only=True, tag="case_merged"):
    """Another case, `case`, became part of this one. The rest is what that one was then: what is owed there is owed
    here from now on.

    `waiting_since`: when its customer wrote what is not answered yet. `open`: it was not done. `by_mail`: its customer
    is answered by email.
    """

    rank: ClassVar[int] = 42
    case: str
    number: str
    open: bool = False
    waiting_since: Instant | None = None
    by_mail: bool = False
    tier: int = 0
    priority: Priority = "normal"
    tags: tuple[str, ...] = ()


class CaseUnmerged(Fact, frozen=True, kw_only=True, tag="case_unmerged"):
    """Another case, `case`, was taken out of this one. `events`: the ids of its merge, and of what came from it."""

    rank: ClassVar[int] = 43
    case: str
    events: tuple[str, ...]

    @property
    def withdraws(self) -> tuple[str, ...]:
        """The merge, and what came from the other case."""
        return self.events


class CaseSplit(Fact, frozen=True, kw_only=True, tag="case_split"):
    """Messages of the customer were taken from the case to a new one, `into`. `events`: their ids."""

    rank: ClassVar[int] = 44
    folds_text: ClassVar[bool] = False
    events: tuple[str, ...]
    into: str
    subject: Private
    kind: CaseType

    @property
    def withdraws(self) -> tuple[str, ...]:
        """The messages: nobody owes an answer to them here."""
        return self.events


class CaseSnoozed(Fact, frozen=True, kw_only=True, tag="case_snoozed"):
    """The case was put off until a time, until something happens, or until whichever is first."""

    rank: ClassVar[int] = 45
    until: Instant | None = None
    event: SnoozeEvent | None = None


class SnoozeEnded(Fact, frozen=True, kw_only=True, tag="snooze_ended"):
    """The case that was snoozed at `since` is to be worked on again, and why. (That it was resolved, closed or merged
    ends a snooze, too, and is an event itself.)"""

    rank: ClassVar[int] = 46
    why: WhyEnded
    since: Instant


class CaseTagged(Fact, frozen=True, kw_only=True, tag="case_tagged"):
    """Tags were added to the case, or removed from it."""

    rank: ClassVar[int] = 47
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class CaseLinked(Fact, frozen=True, kw_only=True, tag="case_linked"):
    """The case was linked with others, by their ids."""

    rank: ClassVar[int] = 48
    cases: tuple[str, ...]


class CaseUnlinked(Fact, frozen=True, kw_only=True, tag="case_unlinked"):
    """The links between the case and others were removed."""

    rank: ClassVar[int] = 49
    cases: tuple[str, ...]
