"""Send a reply: one that leaves by email waits for ten seconds, in which its writer can undo it; all others go at once.

A reply is refused over a message or reply that its writer has not seen; if such a one comes while the reply waits, the
reply comes back as a draft.
"""

from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import ReplySent
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.composer.pending_replies import UNDO_MS, PendingReply, ReplyIn, waits
from chalicelib.domain.composer.placeholders import unfilled
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.cases.handle_command import Command, handle, status_facts
from chalicelib.usecases.composer.attach_files import attached_files
from chalicelib.usecases.composer.save_draft import remove_sent
from chalicelib.usecases.composer.unseen_events import check_nothing_unseen
from chalicelib.usecases.email.write_reply import checked_reply, find_copy_recipients
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord, StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasDrafts,
        HasIdempotency,
        HasPendingReplies,
        HasRegistries,
        HasShops,
        HasUploads,
    )

    class SendReplyServices(
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasDrafts,
        HasIdempotency,
        HasPendingReplies,
        HasRegistries,
        HasShops,
        HasUploads,
        Protocol,
    ):
        """The services that `send_reply` uses."""


class Sending(Struct, frozen=True, kw_only=True):
    """What became of a reply: it waits (`pending`), or it was sent and the case is as stored."""

    pending: PendingReply | None = None
    stored: StoredCase | None = None


def send_reply(services: "SendReplyServices", command: Command, reply: ReplyIn) -> Sending:
    """Send an agent's reply on a case, at once or after the time to undo it.

    Overtaken when something came that the agent has not seen; Invalid for a text with a gap, or for unknown files;
    Conflict when the case cannot get the status that is to follow. Then nothing was sent, and the draft is as it was.
    AlreadyAnswered when another request with the same key has sent one.
    """
    check_bytes("body", reply.body)
    gaps = unfilled(reply.body)
    if gaps:
        raise invalid("body", f"has placeholders that are not filled in: {', '.join(gaps)}")
    stored = command.seen or services.cases.load(key_of_id(command.case))
    if stored.case is None:
        raise NotFound(f"There is no case {command.case!r}.")
    check_nothing_unseen(services, stored, reply.seen, command.by)
    fact = _fact(services, stored.case, reply)
    following_facts(stored.case, reply)
    if waits(stored.case):
        sending = Sending(pending=_wait(services, command, stored.case, reply, fact))
    else:
        sending = Sending(stored=_send_now(services, replace(command, seen=stored), reply, fact))
    if reply.draft is not None:
        remove_sent(services, stored.case, command.by.id or "", "reply", reply.draft, reply.body)
    return sending


def _fact(services: "SendReplyServices", case: Case, reply: ReplyIn) -> ReplySent:
    copy = find_copy_recipients(services, case.id, Message(body=reply.body, copy=reply.copy))
    files = attached_files(services, case, reply.files)
    return checked_reply(case, ReplySent(message=reply.body, copy=copy, files=files))


def following_facts(case: Case, reply: ReplyIn | PendingReply) -> list[Fact]:
    """The change of status that follows the reply; none if the case has that status already. Conflict when it is not
    allowed."""
    if reply.then is None:
        return []
    replied = replace(case, status="open") if case.status == "new" else case
    return status_facts(replied, StatusChange(status=reply.then, reason=reply.reason))


def _send_now(services: "SendReplyServices", command: Command, reply: ReplyIn, fact: ReplySent) -> StoredCase:
    """What came since is checked again whenever the case has changed in between."""
    is_checked = True

    def decide(case: Case) -> list[Fact]:
        nonlocal is_checked
        if not is_checked:
            check_nothing_unseen(services, services.cases.load(key_of_id(case.id)), reply.seen, command.by)
        is_checked = False
        return [fact, *following_facts(case, reply)]

    return handle(services, command, decide)


def _wait(services: "SendReplyServices", command: Command, case: Case, reply: ReplyIn, fact: ReplySent) -> PendingReply:
    now = services.now()
    once = command.idempotency
    pending = PendingReply(
        id=new_id(0 if once else now, key_of("reply", once.key if once else str(uuid4()))),
        shop=case.shop,
        case=case.id,
        by=command.by,
        at=now,
        due_at=now + UNDO_MS,
        seen=reply.seen,
        body=fact.message,
        copy=fact.copy,
        files=fact.files,
        then=reply.then,
        reason=reply.reason,
        request=once.digest if once else "",
    )
    before = services.pending_replies.add(pending, key_of_id(case.customer))
    if before is not None and before.request != pending.request:
        raise AlreadyAnswered(IdempotencyRecord(once.key if once else "", before.request))
    return before or pending
