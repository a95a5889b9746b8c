import threading
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import AwsDesk
from chalicelib.domain.cases import commands
from chalicelib.domain.customers.consents import Consent
from chalicelib.domain.flows.payloads import TaskIn, TaskResult
from chalicelib.domain.intake.payloads import CaseRequested
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_in, number_of
from chalicelib.domain.kernel.timestamps import MINUTE, to_datetime
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.usecases.aftersales.handle_tasks import finish_task, open_task
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.open_case import case_key, of_request, open_case
from chalicelib.usecases.cases.read_case import as_of, find_case, open_files
from chalicelib.usecases.customers.upsert_customer import meet_who
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports import AlreadyAnswered, Once, Stored
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.timers.run_due_timers import wake_case

MEI = Actor("agent", "mei")


def open_one(desk: AwsDesk, external_id: str = "web-1", **changes: Any) -> Stored:
    told: dict[str, Any] = {
        "external_id": external_id,
        "type": "question",
        "channel": "web",
        "subject": "灯不亮",
        "message": "在吗 😀",
        "customer": CustomerIn(external_id="fang", name="王芳", email="fang@example.net"),
    }
    data = CaseRequested(**{**told, **changes})
    shop = shop_of(desk, "demo")
    asked = of_request(shop, data, meet_who(desk, shop, data, desk.now()), MEI, desk.now(), None)
    return open_case(desk, shop, asked, expect_new=True)


def deed(stored: Stored, **more: Any) -> handle_command.Deed:
    assert stored.case is not None
    return handle_command.Deed(case=stored.case.id, shop="demo", by=MEI, **more)


def items(desk: AwsDesk, pk: str) -> list[dict[str, Any]]:
    return list(desk.table.query(pk))


def test_a_case_is_read_back_as_it_was_written(desk: AwsDesk) -> None:
    written = open_one(desk)
    read = desk.cases.load(written.key)
    assert read == written
    file = open_files(desk, [read])[0]
    assert file.customer is not None
    assert (file.subject, file.customer.name) == ("灯不亮", "王芳")


def test_a_second_case_with_the_same_external_id_is_a_conflict(desk: AwsDesk) -> None:
    open_one(desk)
    with pytest.raises(Conflict):
        open_one(desk)


def test_a_number_that_is_taken_gives_way_to_the_next(desk: AwsDesk) -> None:
    key = case_key("demo", "web-1")
    desk.table.put({"pk": f"NUMBER#demo#{number_of(key, 0)}", "sk": "N", "case": "another"})
    case = open_one(desk).case
    assert case is not None
    assert case.number == number_of(key, 1)


def test_events_their_state_and_their_alarm_are_one_write(desk: AwsDesk) -> None:
    stored = open_one(desk)
    assert stored.armed is not None
    due = items(desk, keys.due(stored.armed, stored.key))
    assert [keys.read_due(item["sk"]) for item in due] == [(stored.armed, "clock", stored.key)]
    assert "relay" not in due[0]  # a day away: the sweeper's, not the relay's


def test_agents_writing_at_once_lose_no_event(desk: AwsDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = open_one(desk)
    lock, transact = threading.Lock(), desk.table.transact

    def atomic(writes: Any) -> None:  # DynamoDB's transactions are atomic, moto's are not between threads
        with lock:
            transact(writes)

    monkeypatch.setattr(desk.table, "transact", atomic)
    failed: list[BaseException] = []

    def write(text: str) -> None:
        try:
            write_reply.write(desk, deed(stored), commands.Message(body=text))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"reply {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = desk.cases.load(stored.key)
    assert failed == []
    assert after.case is not None
    assert (after.version, after.case.replies) == (7, 6)
    assert sorted(event.seq for event in desk.cases.events(stored.key)) == list(range(1, 8))


def test_an_idempotency_record_stands_in_the_same_write_and_gives_the_old_answer(desk: AwsDesk) -> None:
    stored = open_one(desk)
    once = Once("k" * 40, "digest")
    write_reply.write(desk, deed(stored, once=once), commands.Message(body="first"))
    with pytest.raises(AlreadyAnswered) as known:
        write_reply.write(desk, deed(stored, once=once), commands.Message(body="first"))
    write_reply.write(desk, deed(stored), commands.Message(body="second"))
    assert desk.cases.answered(once.key) == known.value.once
    then = as_of(desk, find_case(desk, known.value.once.case), known.value.once.version)
    assert then.case is not None
    assert (then.version, then.case.replies) == (2, 1)


def test_lists_are_merged_from_their_shards_newest_first_and_paged_without_gaps(desk: AwsDesk) -> None:
    keys_written = [open_one(desk, f"web-{n}").key for n in range(23)]
    found: list[str] = []
    after = None
    while True:
        page = desk.cases.find("demo", "new", None, None, 7, after)
        found += [stored.key for stored in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(found) == sorted(keys_written)
    opened = [stored.case.opened_at for stored in desk.cases.find("demo", None, None, None, 50, None).items]
    assert opened == sorted(opened, reverse=True)


def test_a_case_moves_between_lists_with_its_status_and_assignee(desk: AwsDesk) -> None:
    stored = open_one(desk)
    handle_command.assign(desk, deed(stored), commands.Assignment(assignee="mei"))
    handle_command.set_status(desk, deed(stored), commands.StatusChange(status="waiting_internal"))
    assert desk.cases.find("demo", "new", None, None, 5, None).items == []
    assert len(desk.cases.find("demo", "waiting_internal", None, None, 5, None).items) == 1
    assert len(desk.cases.find("demo", None, "mei", None, 5, None).items) == 1
    assert desk.cases.find("demo", "open", "mei", None, 5, None).items == []
    assert stored.case is not None
    customer = key_in(stored.case.customer)
    assert len(desk.cases.find("demo", None, None, customer, 5, None).items) == 1
    assert desk.cases.find("other", None, None, customer, 5, None).items == []


def test_a_long_conversation_is_read_page_by_page_in_order(desk: AwsDesk) -> None:
    stored = open_one(desk)
    for n in range(30):
        write_reply.write(desk, deed(stored), commands.Message(body=f"{n} " + "好" * 2_000))
    seen, after = [], None
    while True:
        page = desk.cases.page_of_events(stored.key, 8, after)
        seen += [event.seq for event in page.items]
        after = page.next
        if after is None:
            break
    assert seen == list(range(1, 32))


def test_the_state_of_an_ordinary_case_costs_one_kilobyte(desk: AwsDesk) -> None:
    stored = open_one(desk, type="return")
    write_reply.write(desk, deed(stored), commands.Message(body="!"))
    handle_command.set_status(desk, deed(stored), commands.StatusChange(status="resolved"))
    item = desk.table.get(keys.case(stored.key), "C")
    assert item is not None
    assert sum(len(name) + len(str(value).encode()) for name, value in item.items()) <= 1024


def test_an_alarm_that_rings_writes_the_breach_in_the_table(desk: AwsDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = open_one(desk)
    assert stored.armed is not None
    later = stored.armed + MINUTE
    monkeypatch.setattr(AwsDesk, "now", lambda _: later)
    assert [event.type for event in wake_case(desk, stored.key)] == ["clock_breached", "case_escalated"]
    relayed = [item.get("relay") for item in items(desk, keys.case(stored.key))]
    assert relayed.count("notices") == 1


def test_a_customer_is_told_anew_only_by_newer_tellings(desk: AwsDesk) -> None:
    from chalicelib.domain.customers.customer import Customer

    first = Customer(id="0" * 26, shop="demo", external_id="x", name="Old", email="a@example.net", seen_at=10)
    desk.customers.tell(first)
    desk.customers.tell(replace(first, name="New", email=None, seen_at=20))
    desk.customers.tell(replace(first, name="Stale", seen_at=5))
    kept = desk.customers.load(["0" * 16])["0" * 16]
    assert (kept.name, kept.email) == ("New", "a@example.net")


def test_one_customers_survey_budget_can_be_claimed_once(desk: AwsDesk) -> None:
    from chalicelib.domain.customers.customer import Customer

    key = "0" * 16
    desk.customers.tell(Customer(id="0" * 26, shop="demo", external_id="x", seen_at=10))
    assert desk.customers.claim_survey(key, "first", 1_000, 500) is None
    holder = desk.customers.claim_survey(key, "second", 1_001, 500)
    assert holder is not None
    assert holder.survey == "first"
    desk.customers.release_survey(key, "first")
    assert desk.customers.claim_survey(key, "second", 1_002, 500) is None
    withdrawn = Consent(state="withdrawn", at=2_000, source="link", text_version="1")
    assert desk.customers.consent(key, "surveys", withdrawn).consent_withdrawn_at == 2_000
    older = Consent(state="given", at=1_999, source="web", text_version="1")
    assert desk.customers.consent(key, "surveys", older).consents["surveys"] == withdrawn
    assert desk.customers.claim_survey(key, "third", 9_000, 8_000) is not None


def test_open_tasks_are_listed_by_department_and_leave_the_list_when_done(desk: AwsDesk) -> None:
    stored = open_one(desk)
    for hours in (3, 1, 2):
        due_at = to_datetime(desk.now()) + timedelta(hours=hours)
        stored = open_task(desk, deed(stored), TaskIn(department="quality", title=f"in {hours} h", due_at=due_at))
    page = desk.cases.tasks("demo", "quality", 2, None)
    rest = desk.cases.tasks("demo", "quality", 2, page.next)
    assert [item["title"] for item in (*page.items, *rest.items)] == ["in 1 h", "in 2 h", "in 3 h"]
    assert rest.next is None
    assert desk.cases.tasks("demo", "finance", 2, None).items == []
    finish_task(desk, deed(stored), page.items[0]["id"], TaskResult(outcome="checked"))
    assert [item["title"] for item in desk.cases.tasks("demo", "quality", 9, None).items] == ["in 2 h", "in 3 h"]


def test_a_batch_that_names_an_item_twice_gives_it_once(desk: AwsDesk) -> None:
    desk.table.put({"pk": "A", "sk": "1"})
    assert desk.table.get_many([("A", "1"), ("A", "1"), ("A", "2")]) == [{"pk": "A", "sk": "1"}]
