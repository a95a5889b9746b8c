"""A reply is due: send it as a public reply of its agent, exactly once, or give it back as a draft.

Whoever takes the reply from `waiting` first decides: the undo or this. From then on each delivery of its message
continues, and the idempotency record, which is stored with the event, lets only one of them write it.
"""

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import NoteAdded, ReplySent
from chalicelib.domain.composer.drafts import Notice
from chalicelib.domain.composer.pending_replies import PendingReply, as_draft
from chalicelib.domain.kernel.errors import Conflict, Invalid, Overtaken
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.composer.send_reply import following_facts
from chalicelib.usecases.composer.undo_reply import give_back
from chalicelib.usecases.composer.unseen_events import overtaken, unseen_events
from chalicelib.usecases.email.write_reply import checked_reply
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasDrafts,
        HasPages,
        HasPendingReplies,
        HasRegistries,
        HasShops,
    )

    class DeliverReplyServices(
        HasAgents,
        HasCases,
        HasClock,
        HasDrafts,
        HasPages,
        HasPendingReplies,
        HasRegistries,
        HasShops,
        Protocol,
    ):
        """The services that `deliver_reply` uses."""


Delivered = Literal["sent", "held", "over", "erased"]


def deliver_reply(services: "DeliverReplyServices", case_key: str, identifier: str) -> Delivered:
    """Send the reply with this id, unless it was undone, or sent before (`over`); `held` when it came back as a draft,
    `erased` when its customer was erased."""
    reply = services.pending_replies.load(case_key, identifier)
    if reply is not None and reply.state == "waiting":
        services.pending_replies.move(reply, "sending")
        reply = services.pending_replies.load(case_key, identifier)
    case = services.cases.load(case_key).case
    if reply is None or reply.state != "sending" or case is None:
        return "over"
    if not reply.body:
        services.pending_replies.move(reply, "undone")
        return "erased"
    return _send(services, case, reply)


def _send(services: "DeliverReplyServices", case: Case, reply: PendingReply) -> Delivered:
    record = IdempotencyRecord(f"reply-{reply.id}", reply.id)
    command = Command(case=reply.case, shop=reply.shop, by=reply.by, idempotency=record)
    fact = ReplySent(message=reply.body, copy=reply.copy, files=reply.files)

    def decide(current: Case) -> list[Fact]:
        if services.cases.answered(record.key) is not None:
            raise AlreadyAnswered(record)
        _check_unseen(services, reply)
        return [checked_reply(current, fact), *_following(services, current, reply)]

    try:
        handle(services, command, decide)
    except AlreadyAnswered:
        pass  # an earlier delivery of this message stored it and did not come to say so
    except Overtaken as refused:
        if services.cases.answered(record.key) is not None:
            return "sent"  # another delivery stored it just before these came
        return _hold(services, case, reply, "overtaken", refused)
    except (Conflict, Invalid) as refused:
        return _hold(services, case, reply, "refused", refused)
    services.pending_replies.move(reply, "sent")
    return "sent"


def _check_unseen(services: "DeliverReplyServices", reply: PendingReply) -> None:
    unseen = unseen_events(services, services.cases.load(key_of_id(reply.case)), reply.seen, reply.by)
    if unseen:
        raise overtaken(unseen)


def _following(services: "DeliverReplyServices", case: Case, reply: PendingReply) -> list[Fact]:
    """The change of status that follows; if the case no longer allows it, a note says so, and the reply is sent
    nevertheless."""
    try:
        return following_facts(case, reply)
    except Conflict:
        language = shop_of(services, case.shop, fresh=False).locale
        status = services.pages.text(f"macro_status_{reply.then}", language)
        return [NoteAdded(message=services.pages.text("reply_status_left", language, status=status))]


def _hold(
    services: "DeliverReplyServices", case: Case, reply: PendingReply, notice: Notice, refused: Exception
) -> Delivered:
    unseen = refused.unseen if isinstance(refused, Overtaken) else []
    draft = as_draft(reply, services.now(), notice, why=str(refused))
    draft = replace(draft, unseen=tuple(str(event["event"]) for event in unseen))
    give_back(services, case, reply, "held", draft)
    return "held"
