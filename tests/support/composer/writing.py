"""An agent writes on a case whose customer writes by email: replies that wait, and what their queue does with them."""

from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.drafts import DraftIn
from chalicelib.domain.composer.pending_replies import UNDO_MS, ReplyIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.composer.deliver_reply import deliver_reply
from chalicelib.usecases.composer.save_draft import save_draft
from chalicelib.usecases.composer.send_reply import Sending, send_reply
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.emails.inbox import case_by_email


def mailed_case(services: FakeServices) -> Case:
    """A case that an email opened; its replies leave by email."""
    return case_by_email(services)


def version_of(services: FakeServices, case: Case) -> int:
    """The present version of the case."""
    return services.cases.load(key_of_id(case.id)).version


def send(services: FakeServices, case: Case, body: str = "请换个插座试试。", by: Actor = MEI, **more: Any) -> Sending:
    """An agent sends a reply with the case as it is before them."""
    given = {"seen": version_of(services, case)} | more
    idempotency = given.pop("idempotency", None)
    command = Command(case=case.id, shop=SHOP.id, by=by, idempotency=idempotency)
    return send_reply(services, command, ReplyIn(body=body, **given))


def deliver_due(services: FakeServices) -> list[str]:
    """Ten seconds pass, and the queue delivers all messages of replies; the outcomes."""
    services.time += UNDO_MS
    return [deliver_reply(services, *place) for place in services.pending_replies.timers]


def write_draft(services: FakeServices, case: Case, body: str, counter: int = 0, by: Actor = MEI) -> tuple[Any, bool]:
    """An agent's browser saves what they write."""
    services.time += 1
    return save_draft(services, case, by.id or "", "reply", DraftIn(body=body, counter=counter))


def replies(services: FakeServices, case: Case) -> list[str]:
    """The texts of the replies on the case."""
    events = services.cases.events(key_of_id(case.id))
    return [event.fact.message for event in events if event.type == "reply_sent"]  # type: ignore[attr-defined]
