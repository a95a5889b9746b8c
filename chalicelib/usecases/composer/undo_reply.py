"""Undo a reply that still waits: it becomes a draft again, and nothing was sent."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.drafts import Draft, returned
from chalicelib.domain.composer.pending_replies import PendingReply, PendingState, as_draft
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy, VersionConflict

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasDrafts, HasPendingReplies

    class UndoReplyServices(HasClock, HasDrafts, HasPendingReplies, Protocol):
        """The services that `undo_reply` uses."""


def undo_reply(services: "UndoReplyServices", case: Case, identifier: str, by: str) -> Draft | None:
    """Take a reply of `by` back; the draft that it is again, None if that was discarded since. Repeating it changes
    nothing. Conflict when the reply is being sent or was sent; NotFound when there is none of theirs with this id."""
    reply = services.pending_replies.load(key_of_id(case.id), identifier)
    if reply is None or reply.by.id != by:
        raise NotFound(f"You have no reply {identifier!r} on this case.")
    if reply.state == "waiting" and not give_back(services, case, reply, "undone", as_draft(reply, services.now())):
        reply = services.pending_replies.load(key_of_id(case.id), identifier) or reply
    if reply.state in ("sending", "sent"):
        raise Conflict("It is too late to undo this reply: it has left.")
    return services.drafts.load(case.shop, by, key_of_id(case.id), "reply")


def give_back(services: "UndoReplyServices", case: Case, reply: PendingReply, to: PendingState, back: Draft) -> bool:
    """Store a reply that was not sent as a draft, beside what its writer wrote since; whether the reply still was in
    its state."""
    for attempt in range(ATTEMPTS):
        stored = services.drafts.load(case.shop, back.by, key_of_id(case.id), "reply")
        try:
            return services.pending_replies.give_back(reply, to, returned(stored, back), key_of_id(case.customer))
        except VersionConflict:
            services.pause(attempt)
    raise Busy(f"a draft was changed by others {ATTEMPTS} times in a row")


def replies_of(services: "UndoReplyServices", case: Case, by: str) -> list[PendingReply]:
    """The newest replies of `by` on this case that wait, or ended within a week."""
    return [reply for reply in services.pending_replies.of_case(key_of_id(case.id)) if reply.by.id == by]
