"""What writing costs: the calls to the table of a saved draft, and of a reply that can be undone."""

from msgspec.structs import replace

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.parts import EmailState
from chalicelib.domain.composer.drafts import DraftIn
from chalicelib.domain.composer.pending_replies import ReplyIn
from chalicelib.domain.kernel.ids import case_key
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.composer.deliver_reply import deliver_reply
from chalicelib.usecases.composer.save_draft import remove_sent, save_draft
from chalicelib.usecases.composer.send_reply import send_reply
from tests.support.cases.case_work import MEI
from tests.support.cases.webhooks import request
from tests.support.metrics.days import send_events
from tests.support.moto.counted import counted_calls


def test_a_draft_is_saved_by_one_read_and_one_write_and_a_reply_waits_by_one_more_write(services: AwsServices) -> None:
    send_events(services, "case.requested", request(), 1)
    stored = services.cases.load(case_key("demo", "web-1"))
    case = stored.case
    assert case is not None
    with counted_calls() as saving:
        draft, _ = save_draft(services, case, "mei", "reply", DraftIn(body="您好"))
    assert draft is not None
    assert saving == {"get_item": 1, "put_item": 1}
    with counted_calls() as removing:
        remove_sent(services, case, "mei", "reply", draft.counter, draft.body)
    assert removing == {"get_item": 1, "transact_write_items": 1}


def test_a_reply_by_email_takes_three_writes_more_than_one_that_leaves_at_once(services: AwsServices) -> None:
    send_events(services, "case.requested", request(), 1)
    stored = services.cases.load(case_key("demo", "web-1"))
    assert stored.case is not None
    command = Command(case=stored.case.id, shop="demo", by=MEI, seen=stored)
    with counted_calls() as at_once:
        send_reply(services, command, ReplyIn(body="您好", seen=stored.version))
    stored = services.cases.load(stored.key)
    assert stored.case is not None
    by_mail = replace(stored, case=replace(stored.case, email=EmailState(by_mail=True)))
    with counted_calls() as waiting:
        pending = send_reply(
            services, replace(command, seen=by_mail), ReplyIn(body="再见", seen=stored.version)
        ).pending
    assert pending is not None
    assert waiting == {"transact_write_items": 1}
    with counted_calls() as sending:
        assert deliver_reply(services, stored.key, pending.id) == "sent"
    writes = sum(sending[call] for call in ("transact_write_items", "update_item", "put_item", "batch_write_item"))
    assert writes == 2 + sum(at_once[call] for call in ("transact_write_items", "put_item", "batch_write_item"))
    assert sending["get_item"] <= 6
