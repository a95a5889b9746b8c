"""A reply by email can be undone for ten seconds, and then leaves exactly once; a reply over unseen events does not."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.casework.payloads import MergeInto
from chalicelib.domain.composer.pending_replies import UNDO_MS
from chalicelib.domain.flows.payloads import TaskIn
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound, Overtaken, Stale
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.aftersales import handle_tasks
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework.merge_cases import merge
from chalicelib.usecases.composer.deliver_reply import deliver_reply
from chalicelib.usecases.composer.save_draft import read_draft
from chalicelib.usecases.composer.undo_reply import replies_of, undo_reply
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import LEE, MEI, case_in
from tests.support.composer.writing import deliver_due, mailed_case, replies, send, version_of, write_draft
from tests.support.emails.inbox import notify_about, receive
from tests.support.emails.samples.writing import plain
from tests.support.interleaving import all_turns, pause_at_calls, run_interleaved

ONCE = IdempotencyRecord("key", "digest")


def test_a_reply_by_email_waits_and_leaves_though_nobody_looks() -> None:
    services = FakeServices()
    case = mailed_case(services)
    draft, _ = write_draft(services, case, "请换个插座试试。")
    sending = send(services, case, draft=draft.counter, then="waiting_customer")
    assert sending.pending is not None
    assert sending.pending.due_at == services.time + UNDO_MS
    assert (replies(services, case), services.drafts.stored) == ([], {})
    assert deliver_due(services) == ["sent"]
    assert replies(services, case) == ["请换个插座试试。"]
    assert case_in(services, key_of_id(case.id)).status == "waiting_customer"
    assert case_in(services, key_of_id(case.id)).first_reply_at == services.time
    assert deliver_due(services) == ["over"]
    assert notify_about(services, case, -2) == ["sent"]
    assert len(services.mailer.sent) == 1


def test_an_undone_reply_leaves_no_trace_but_the_draft() -> None:
    services = FakeServices()
    case = mailed_case(services)
    before = version_of(services, case)
    pending = send(services, case).pending
    assert pending is not None
    draft = undo_reply(services, case, pending.id, "mei")
    assert draft is not None
    assert (draft.body, draft.notice) == ("请换个插座试试。", None)
    assert undo_reply(services, case, pending.id, "mei") == draft
    assert deliver_due(services) == ["over"]
    assert (replies(services, case), version_of(services, case)) == ([], before)
    assert not services.mailer.sent


def test_a_reply_that_has_left_cannot_be_undone_and_nobody_undoes_anothers() -> None:
    services = FakeServices()
    case = mailed_case(services)
    pending = send(services, case).pending
    assert pending is not None
    with pytest.raises(NotFound):
        undo_reply(services, case, pending.id, "lee")
    deliver_due(services)
    with pytest.raises(Conflict, match="too late"):
        undo_reply(services, case, pending.id, "mei")
    assert [(reply.state, reply.body) for reply in replies_of(services, case, "mei")] == [("sent", "")]
    assert replies_of(services, case, "lee") == []


@pytest.mark.parametrize("turns", list(all_turns(6, 8)), ids=str)
def test_of_undo_and_sending_exactly_one_wins_whoever_is_faster(turns: list[tuple[int, int]]) -> None:
    services = FakeServices()
    case = mailed_case(services)
    pending = send(services, case).pending
    assert pending is not None
    services.time += UNDO_MS
    outcomes: list[str] = []

    def undo() -> None:
        try:
            undo_reply(services, case, pending.id, "mei")
            outcomes.append("undone")
        except Conflict:
            outcomes.append("too late")

    def deliver() -> None:
        outcomes.append(deliver_reply(services, key_of_id(case.id), pending.id))

    pause_at_calls(services.cases, services.pending_replies, services.drafts)
    run_interleaved((undo, deliver), turns)
    is_sent = bool(replies(services, case))
    assert sorted(outcomes) == (["sent", "too late"] if is_sent else ["over", "undone"])
    assert is_sent == (services.drafts.stored == {})


@pytest.mark.parametrize("turns", list(all_turns(9, 9)), ids=str)
def test_two_deliveries_of_one_message_send_one_reply(turns: list[tuple[int, int]]) -> None:
    services = FakeServices()
    case = mailed_case(services)
    pending = send(services, case).pending
    assert pending is not None
    services.time += UNDO_MS
    pause_at_calls(services.cases, services.pending_replies, services.drafts)
    work = lambda: deliver_reply(services, key_of_id(case.id), pending.id)  # noqa: E731
    run_interleaved((work, work), turns)
    assert len(replies(services, case)) == 1
    assert services.drafts.stored == {}


def test_a_delivery_that_broke_off_after_the_event_does_not_send_again(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    case = mailed_case(services)
    send(services, case)
    move = services.pending_replies.move

    def fails_at_the_end(reply: object, to: str) -> bool:
        if to == "sent":
            raise ConnectionError
        return move(reply, to)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(services.pending_replies, "move", fails_at_the_end)
        with pytest.raises(ConnectionError):
            deliver_due(services)
    services.time += 1000
    receive(services, plain("second", "等等"), _own_address(services, case))  # the customer writes meanwhile
    assert deliver_due(services) == ["sent"]
    assert len(replies(services, case)) == 1
    assert services.drafts.stored == {}


def _own_address(services: FakeServices, case: object) -> str:
    return reply_address(services, key_of_id(case.id)) or ""  # type: ignore[attr-defined]


def test_a_reply_over_a_message_that_was_not_seen_is_refused_and_the_draft_stays() -> None:
    services = FakeServices()
    case = mailed_case(services)
    seen = version_of(services, case)
    draft, _ = write_draft(services, case, "请换个插座试试。")
    services.time += 1000
    receive(services, plain("second", "亮了！"), _own_address(services, case))
    with pytest.raises(Overtaken) as refused:
        send(services, case, seen=seen, draft=draft.counter)
    assert isinstance(refused.value, Stale)
    assert [event["type"] for event in refused.value.unseen] == ["message_received"]
    assert "亮了" not in str(refused.value.unseen)
    assert read_draft(services, case, "mei", "reply").body == "请换个插座试试。"
    assert not services.pending_replies.stored
    assert send(services, case, draft=draft.counter).pending is not None


def test_a_message_that_comes_while_the_reply_waits_holds_it_and_the_draft_says_why() -> None:
    services = FakeServices()
    case = mailed_case(services)
    send(services, case, body="first try")
    services.time += 1000
    receive(services, plain("second", "亮了！"), _own_address(services, case))
    assert deliver_due(services) == ["held"]
    draft = read_draft(services, case, "mei", "reply")
    assert (draft.body, draft.notice, len(draft.unseen)) == ("first try", "overtaken", 1)
    assert replies(services, case) == []
    assert deliver_due(services) == ["over"]


def test_anothers_reply_holds_ones_own_and_notes_and_ones_own_reply_do_not() -> None:
    services = FakeServices()
    case = mailed_case(services)
    seen = version_of(services, case)
    for by, public in ((LEE, False), (MEI, True)):
        command = Command(case=case.id, shop=SHOP.id, by=by)
        services.time += 1
        write_reply.write(services, command, Message(body="x", public=public))
    assert send(services, case, seen=seen).pending is not None
    services.time += 1
    write_reply.write(services, Command(case=case.id, shop=SHOP.id, by=LEE), Message(body="mine"))
    assert deliver_due(services) == ["held"]
    with pytest.raises(Overtaken):
        send(services, case, seen=seen)
    with pytest.raises(Invalid, match="does not have yet"):
        send(services, case, seen=version_of(services, case) + 1)


def test_cases_that_are_not_answered_by_email_have_no_delay(opened: FakeServices) -> None:
    sending = send(opened, case_in(opened), then="resolved", reason="done")
    assert sending.pending is None
    assert sending.stored is not None
    assert case_in(opened).status == "resolved"
    assert replies(opened, case_in(opened)) == ["请换个插座试试。"]
    assert opened.pending_replies.stored == {}


def test_a_message_that_comes_in_the_moment_of_sending_is_seen_too(opened: FakeServices) -> None:
    case = case_in(opened)
    seen = version_of(opened, case)
    commit = opened.cases.commit

    def overtaken(change: object) -> None:
        opened.cases.commit = commit  # type: ignore[method-assign]
        opened.hook("message.received", {"case_external_id": "web-1", "author": "customer", "message": "stop"})
        commit(change)  # type: ignore[arg-type]

    opened.time += 60_000
    opened.cases.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Overtaken):
        send(opened, case, seen=seen)
    assert replies(opened, case) == []


def test_a_request_that_is_repeated_sends_one_reply_also_after_it_was_undone(opened: FakeServices) -> None:
    send(opened, case_in(opened), idempotency=ONCE)
    with pytest.raises(AlreadyAnswered):
        send(opened, case_in(opened), idempotency=ONCE)
    services = FakeServices()
    case = mailed_case(services)
    first, again = (send(services, case, idempotency=ONCE).pending for _ in range(2))
    assert first is not None
    assert again == first
    undo_reply(services, case, first.id, "mei")
    repeated = send(services, case, idempotency=ONCE).pending
    assert repeated is not None
    assert repeated.state == "undone"
    assert deliver_due(services) == ["over"]
    with pytest.raises(AlreadyAnswered) as other:
        send(services, case, idempotency=IdempotencyRecord("key", "other"))
    assert other.value.idempotency.digest == ONCE.digest


@pytest.mark.parametrize("body", ["您好 ⟦缺少顾客姓名⟧", "Hello {{ customer.name }}", "{{customer.name|upper}}"])
def test_a_text_with_a_gap_is_not_sent(opened: FakeServices, body: str) -> None:
    with pytest.raises(Invalid, match="not filled in"):
        send(opened, case_in(opened), body=body)


def test_braces_that_name_no_placeholder_are_text(opened: FakeServices) -> None:
    send(opened, case_in(opened), body="Set {{ a: 1 }} in the file.")
    assert replies(opened, case_in(opened)) == ["Set {{ a: 1 }} in the file."]


def test_a_status_that_cannot_follow_refuses_the_reply_before_anything_is_sent(opened: FakeServices) -> None:
    with pytest.raises(Conflict):
        send(opened, case_in(opened), then="closed")
    assert replies(opened, case_in(opened)) == []


def test_a_status_that_can_follow_no_longer_leaves_the_reply_and_a_note() -> None:
    services = FakeServices()
    case = mailed_case(services)
    send(services, case, then="resolved")
    command = Command(case=case.id, shop=SHOP.id, by=LEE)
    services.time += 1
    handle_tasks.open_task(services, command, TaskIn(department="finance", title="refund"))
    assert deliver_due(services) == ["sent"]
    events = services.cases.events(key_of_id(case.id))
    assert [event.type for event in events][-2:] == ["note_added", "reply_sent"]
    note = next(event.fact for event in events if isinstance(event.fact, NoteAdded))
    assert note.message.startswith("reply_status_left")
    assert case_in(services, key_of_id(case.id)).status == "open"


def test_a_reply_to_somebody_who_was_erased_meanwhile_is_not_sent() -> None:
    services = FakeServices()
    case = mailed_case(services)
    send(services, case)
    (place,) = services.pending_replies.stored
    services.pending_replies.stored[place] = replace(services.pending_replies.stored[place], body="")
    assert deliver_due(services) == ["erased"]
    assert replies(services, case) == []


def test_a_case_that_is_resolved_meanwhile_still_gets_the_reply() -> None:
    services = FakeServices()
    case = mailed_case(services)
    send(services, case, then="resolved")
    handle_command.set_status(
        services,
        Command(case=case.id, shop=SHOP.id, by=LEE),
        StatusChange(status="resolved"),
    )
    assert deliver_due(services) == ["sent"]
    assert case_in(services, key_of_id(case.id)).status == "resolved"


def test_a_reply_on_a_case_that_becomes_part_of_another_comes_back() -> None:
    services = FakeServices()
    case = mailed_case(services)
    services.time += 1000
    receive(services, plain("other", "灯罩也破了", Subject="Shade"))
    (other,) = (stored.case for stored in services.cases.stored.values() if stored.case and stored.case.id != case.id)
    send(services, case, body="first try")
    merge(services, Command(case=case.id, shop=SHOP.id, by=LEE), MergeInto(into=other.id))
    assert deliver_due(services) == ["held"]
    draft = read_draft(services, case, "mei", "reply")
    assert (draft.body, draft.notice) == ("first try", "refused")
    assert other.id in draft.why


def test_what_comes_after_another_delivery_has_sent_the_reply_brings_no_draft_back() -> None:
    services = FakeServices()
    case = mailed_case(services)
    pending = send(services, case).pending
    assert pending is not None
    services.time += UNDO_MS
    place, answered = (key_of_id(case.id), pending.id), services.cases.answered

    def other_delivery_is_faster(key: str) -> IdempotencyRecord | None:
        services.cases.answered = answered  # type: ignore[method-assign]
        assert deliver_reply(services, *place) == "sent"
        stored = services.pending_replies.stored[place]
        services.pending_replies.stored[place] = replace(stored, state="sending", body="x")  # it broke off before this
        services.time += 1000
        receive(services, plain("second", "亮了！"), _own_address(services, case))
        return None

    services.cases.answered = other_delivery_is_faster  # type: ignore[method-assign]
    assert deliver_reply(services, *place) == "sent"
    assert (len(replies(services, case)), services.drafts.stored) == (1, {})
