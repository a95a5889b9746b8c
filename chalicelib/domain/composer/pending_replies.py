"""Replies that are sent after a short delay, in which their writer can undo them; and what holds one back."""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import AttachedFile, MessageReceived, ReplySent
from chalicelib.domain.cases.payloads import MAX_COPY_RECIPIENTS
from chalicelib.domain.composer.drafts import Counter, Draft, Notice
from chalicelib.domain.composer.macros import MAX_FILES, FileId
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.private_fields import MARK, Private
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.kernel.validation import Input, Line, Text
from chalicelib.domain.sla.policies import Email

UNDO_MS = 10 * SECOND_MS
KEEP_MS = 7 * DAY_MS
PendingState = Literal["waiting", "sending", "sent", "undone", "held"]
"""`waiting`: it can be undone; `sending`: it cannot any more; `held`: it came back as a draft."""


class ReplyIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/replies`. `seen`: the version of the case that the agent had before them; `then`: the status
    that the case gets with the reply; `draft`: the counter of the draft that is sent."""

    body: Annotated[Text, Meta(min_length=1)]
    seen: Annotated[int, Meta(ge=1)]
    copy: bool | Annotated[tuple[Email, ...], Meta(max_length=MAX_COPY_RECIPIENTS)] = False
    files: Annotated[tuple[FileId, ...], Meta(max_length=MAX_FILES)] = ()
    then: Status | None = None
    reason: Line | None = None
    draft: Counter | None = None


class PendingReply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reply that waits until it is due. Its text is gone once it was sent or came back."""

    id: str
    shop: str
    case: str
    by: Actor
    at: Instant
    due_at: Instant
    seen: int
    body: Private = ""
    copy: Annotated[tuple[str, ...], MARK] = ()
    files: tuple[AttachedFile, ...] = ()
    then: Status | None = None
    reason: Private | None = None
    state: PendingState = "waiting"
    request: str = ""
    """The digest of the request that sent it, if that had an idempotency key."""


def waits(case: Case) -> bool:
    """Whether a reply on this case is delayed: only what leaves by email cannot be taken back."""
    return case.email.by_mail and not case.historical


def overtaking(events: Iterable[Event], seen: int, by: Actor) -> list[Event]:
    """The events after the version `seen` over which no reply of `by` is sent: messages of the customer, and replies of
    others. All else, such as notes and assignments, makes no reply wrong."""
    return [event for event in events if event.seq > seen and _overtakes(event, by)]


def _overtakes(event: Event, by: Actor) -> bool:
    if isinstance(event.fact, MessageReceived):
        return True
    return isinstance(event.fact, ReplySent) and event.by != by


def as_draft(pending: PendingReply, now: Instant, notice: Notice | None = None, why: str = "") -> Draft:
    """A reply that was not sent, as a draft of its writer; with why, unless they undid it themselves."""
    return Draft(
        shop=pending.shop,
        case=pending.case,
        by=pending.by.id or "",
        kind="reply",
        body=pending.body,
        copy=pending.copy,
        files=tuple(file.id for file in pending.files),
        seen=pending.seen,
        at=now,
        notice=notice,
        why=why,
    )
