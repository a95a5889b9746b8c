"""Replies that can be undone, and drafts."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import caller_of, need_shop
from chalicelib.entrypoints.http.cases.command_kit import find_visible
from chalicelib.entrypoints.http.composer.views import draft_view, pending_view, sending_view
from chalicelib.entrypoints.http.idempotency import idempotency_of, run_once
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, cursor_of, known_parameters, limit_of, page_body

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.domain.composer.drafts import DraftKind

replies = Blueprint(__name__)


@replies.route("/v1/cases/{case}/replies", methods=["POST"], authorizer=STAFF)
@answering
def send(case: str) -> Response:
    """Send a reply: at once, or, if it leaves by email, after ten seconds in which it can be undone."""
    from chalicelib.domain.composer.pending_replies import ReplyIn
    from chalicelib.usecases.cases.handle_command import Command
    from chalicelib.usecases.cases.read_case import find_case
    from chalicelib.usecases.composer.save_draft import remove_sent
    from chalicelib.usecases.composer.send_reply import Sending, send_reply
    from chalicelib.usecases.ports.cases import IdempotencyRecord

    request = replies.current_request
    stored = find_visible(request, case)
    assert stored.case is not None
    body = body_of(request, ReplyIn)
    caller = caller_of(request)
    once = idempotency_of(request, caller)
    command = Command(case=case, shop=stored.case.shop, by=caller.actor, idempotency=once, seen=stored)

    def again(_: IdempotencyRecord) -> Sending:
        if body.draft is not None:  # the first attempt may have ended before it came to this
            remove_sent(services(), _case(case), caller.name, "reply", body.draft, body.body)
        return Sending(stored=find_case(services(), case))

    sending = run_once(once, services().cases.answered, lambda: send_reply(services(), command, body), again)
    return answer(sending_view(sending), 202 if sending.pending else 201)


@replies.route("/v1/cases/{case}/replies", methods=["GET"], authorizer=STAFF)
@answering
def waiting(case: str) -> Response:
    """One's own replies on a case that wait, or ended within a week."""
    from chalicelib.usecases.composer.undo_reply import replies_of

    request = replies.current_request
    known_parameters(request)
    own = replies_of(services(), _case(case), caller_of(request).name)
    return answer({"items": [pending_view(reply) for reply in own], "next": None})


@replies.route("/v1/cases/{case}/replies/{reply}", methods=["DELETE"], authorizer=STAFF)
@answering
def undo(case: str, reply: str) -> Response:
    """Take a reply back before it is sent: it is a draft again."""
    from chalicelib.usecases.composer.undo_reply import undo_reply

    draft = undo_reply(services(), _case(case), reply, caller_of(replies.current_request).name)
    return answer({"reply": reply, "state": "undone", "draft": draft_view(draft) if draft else None})


@replies.route("/v1/cases/{case}/drafts/{kind}", methods=["PUT"], authorizer=STAFF)
@answering
def save(case: str, kind: str) -> Response:
    """Save what one is writing. A newer text that is there already stays, and this one is kept beside it."""
    from chalicelib.domain.composer.drafts import DraftIn
    from chalicelib.usecases.composer.save_draft import save_draft

    request = replies.current_request
    of_case = _case(case)
    body = body_of(request, DraftIn)
    draft, is_conflict = save_draft(services(), of_case, caller_of(request).name, _kind(kind), body)
    return answer({"draft": draft_view(draft) if draft else None, "conflict": is_conflict})


@replies.route("/v1/cases/{case}/drafts/{kind}", methods=["GET"], authorizer=STAFF)
@answering
def read(case: str, kind: str) -> Response:
    """One's own draft on a case."""
    from chalicelib.usecases.composer.save_draft import read_draft

    request = replies.current_request
    known_parameters(request)
    return answer(draft_view(read_draft(services(), _case(case), caller_of(request).name, _kind(kind))))


@replies.route("/v1/cases/{case}/drafts/{kind}", methods=["DELETE"], authorizer=STAFF)
@answering
def discard(case: str, kind: str) -> Response:
    """Discard one's own draft on a case."""
    from chalicelib.usecases.composer.save_draft import discard_draft

    discard_draft(services(), _case(case), caller_of(replies.current_request).name, _kind(kind))
    return answer({"case": case, "kind": kind})


@replies.route("/v1/shops/{shop}/drafts", methods=["GET"], authorizer=STAFF)
@answering
def mine(shop: str) -> Response:
    """One's own drafts in a shop."""
    from chalicelib.domain.kernel.ids import key_of_id
    from chalicelib.usecases.composer.save_draft import my_drafts

    request = replies.current_request
    known_parameters(request, "limit", "next")
    caller = need_shop(request, shop, f"shop {shop!r}")
    page = my_drafts(services(), shop, caller.name, limit_of(request), cursor_of(request, "[0-9A-Z]{16}#[a-z]+"))
    cases = services().cases.load_many({key_of_id(draft.case) for draft in page.items}).values()
    note_access(request, [stored.case.customer for stored in cases if stored.case], "drafts")
    return answer(page_body(page, [draft_view(draft) for draft in page.items]))


def _case(identifier: str) -> "Case":
    case = find_visible(replies.current_request, identifier).case
    assert case is not None
    return case


def _kind(text: str) -> "DraftKind":
    if text == "reply":
        return "reply"
    if text == "note":
        return "note"
    raise NotFound(f"There are drafts of a reply and of a note, and none of a {text!r}.")
