import threading
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import payloads
from chalicelib.domain.customers.consents import Consent
from chalicelib.domain.flows.payloads import TaskIn, TaskResult
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import case_key, key_of_id, number_of
from chalicelib.domain.kernel.timestamps import MINUTE_MS, to_datetime
from chalicelib.usecases.aftersales.handle_tasks import finish_task, open_task
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.read_case import case_at_version, find_case, load_case_files
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.support.moto.tables import command, given_case, items

pytestmark = pytest.mark.usefixtures("either_client")


def test_a_case_is_read_back_as_it_was_written(services: AwsServices) -> None:
    written = given_case(services)
    read = services.cases.load(written.key)
    assert read == written
    file = load_case_files(services, [read])[0]
    assert file.customer is not None
    assert (file.subject, file.customer.name) == ("灯不亮", "王芳")


def test_a_second_case_with_the_same_external_id_is_a_conflict(services: AwsServices) -> None:
    given_case(services)
    with pytest.raises(Conflict):
        given_case(services)


def test_a_number_that_is_taken_gives_way_to_the_next(services: AwsServices) -> None:
    key = case_key("demo", "web-1")
    services.table.put({"pk": f"NUMBER#demo#{number_of(key, 0)}", "sk": "N", "case": "another"})
    case = given_case(services).case
    assert case is not None
    assert case.number == number_of(key, 1)


def test_events_their_state_and_their_timer_are_one_write(services: AwsServices) -> None:
    stored = given_case(services)
    assert stored.armed is not None
    due = items(services, keys.timer_bucket(stored.armed, stored.key))
    assert [keys.read_timer_sort(item["sk"]) for item in due] == [(stored.armed, "clock", stored.key)]
    assert "relay" not in due[0]  # due in a day: the sweeper handles it, not the relay


def test_agents_writing_at_once_lose_no_event(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = given_case(services)
    lock, transact = threading.Lock(), services.table.transact

    def atomic(writes: Any) -> None:  # DynamoDB's transactions are atomic, moto's are not between threads
        with lock:
            transact(writes)

    monkeypatch.setattr(services.table, "transact", atomic)
    failed: list[BaseException] = []

    def write(text: str) -> None:
        try:
            write_reply.write(services, command(stored), payloads.Message(body=text))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"reply {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = services.cases.load(stored.key)
    assert failed == []
    assert after.case is not None
    assert (after.version, after.case.replies) == (7, 6)
    assert sorted(event.seq for event in services.cases.events(stored.key)) == list(range(1, 8))


def test_an_idempotency_record_stands_in_the_same_write_and_gives_the_old_answer(services: AwsServices) -> None:
    stored = given_case(services)
    idempotency = IdempotencyRecord("k" * 40, "digest")
    write_reply.write(services, command(stored, idempotency=idempotency), payloads.Message(body="first"))
    with pytest.raises(AlreadyAnswered) as known:
        write_reply.write(services, command(stored, idempotency=idempotency), payloads.Message(body="first"))
    write_reply.write(services, command(stored), payloads.Message(body="second"))
    assert services.cases.answered(idempotency.key) == known.value.idempotency
    then = case_at_version(services, find_case(services, known.value.idempotency.case), known.value.idempotency.version)
    assert then.case is not None
    assert (then.version, then.case.replies) == (2, 1)


def test_lists_are_merged_from_their_shards_newest_first_and_paged_without_gaps(services: AwsServices) -> None:
    keys_written = [given_case(services, f"web-{n}").key for n in range(23)]
    found: list[str] = []
    after = None
    while True:
        page = services.cases.find("demo", "new", None, None, 7, after)
        found += [stored.key for stored in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(found) == sorted(keys_written)
    opened = [stored.case.opened_at for stored in services.cases.find("demo", None, None, None, 50, None).items]
    assert opened == sorted(opened, reverse=True)


def test_a_case_moves_between_lists_with_its_status_and_assignee(services: AwsServices) -> None:
    stored = given_case(services)
    handle_command.assign(services, command(stored), payloads.Assignment(assignee="mei"))
    handle_command.set_status(services, command(stored), payloads.StatusChange(status="waiting_internal"))
    assert services.cases.find("demo", "new", None, None, 5, None).items == []
    assert len(services.cases.find("demo", "waiting_internal", None, None, 5, None).items) == 1
    assert len(services.cases.find("demo", None, "mei", None, 5, None).items) == 1
    assert services.cases.find("demo", "open", "mei", None, 5, None).items == []
    assert stored.case is not None
    customer = key_of_id(stored.case.customer)
    assert len(services.cases.find("demo", None, None, customer, 5, None).items) == 1
    assert services.cases.find("other", None, None, customer, 5, None).items == []


def test_a_long_conversation_is_read_page_by_page_in_order(services: AwsServices) -> None:
    stored = given_case(services)
    for n in range(30):
        write_reply.write(services, command(stored), payloads.Message(body=f"{n} " + "好" * 2_000))
    seen, after = [], None
    while True:
        page = services.cases.page_of_events(stored.key, 8, after)
        seen += [event.seq for event in page.items]
        after = page.next
        if after is None:
            break
    assert seen == list(range(1, 32))


def test_the_state_of_a_case_costs_one_kilobyte(services: AwsServices) -> None:
    stored = given_case(services, type="return")
    write_reply.write(services, command(stored), payloads.Message(body="!"))
    handle_command.set_status(services, command(stored), payloads.StatusChange(status="resolved"))
    item = services.table.get(keys.case(stored.key), "C")
    assert item is not None
    sizes = (len(value) if isinstance(value, bytes) else len(str(value).encode()) for value in item.values())
    assert sum(map(len, item)) + sum(sizes) <= 1024


def test_a_timer_that_runs_writes_the_breach_in_the_table(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    assert stored.armed is not None
    later = stored.armed + MINUTE_MS
    monkeypatch.setattr(AwsServices, "now", lambda _: later)
    assert [event.type for event in run_due_timers(services, stored.key)] == ["clock_breached", "case_escalated"]
    relayed = [item.get("relay") for item in items(services, keys.case(stored.key))]
    assert sum("notices" in (queues or "").split(",") for queues in relayed) == 1


def test_a_customer_is_changed_only_by_newer_updates(services: AwsServices) -> None:
    from chalicelib.domain.customers.customer import Customer

    first = Customer(id="0" * 26, shop="demo", external_id="x", name="Old", email="a@example.net", seen_at=10)
    services.customers.upsert(first)
    services.customers.upsert(replace(first, name="New", email=None, seen_at=20))
    services.customers.upsert(replace(first, name="Stale", seen_at=5))
    kept = services.customers.load(["0" * 16])["0" * 16]
    assert (kept.name, kept.email) == ("New", "a@example.net")


def test_one_customers_survey_budget_can_be_claimed_once(services: AwsServices) -> None:
    from chalicelib.domain.customers.customer import Customer

    key = "0" * 16
    services.customers.upsert(Customer(id="0" * 26, shop="demo", external_id="x", seen_at=10))
    assert services.customers.reserve_survey(key, "first", 1_000, 500) is None
    holder = services.customers.reserve_survey(key, "second", 1_001, 500)
    assert holder is not None
    assert holder.survey == "first"
    services.customers.release_survey(key, "first")
    assert services.customers.reserve_survey(key, "second", 1_002, 500) is None
    withdrawn = Consent(state="withdrawn", at=2_000, source="link", text_version="1")
    assert services.customers.set_consent(key, "surveys", withdrawn).consent_withdrawn_at == 2_000
    older = Consent(state="given", at=1_999, source="web", text_version="1")
    assert services.customers.set_consent(key, "surveys", older).consents["surveys"] == withdrawn
    assert services.customers.reserve_survey(key, "third", 9_000, 8_000) is not None


def test_open_tasks_are_listed_by_department_and_leave_the_list_when_done(services: AwsServices) -> None:
    stored = given_case(services)
    for hours in (3, 1, 2):
        due_at = to_datetime(services.now()) + timedelta(hours=hours)
        stored = open_task(
            services, command(stored), TaskIn(department="quality", title=f"in {hours} h", due_at=due_at)
        )
    page = services.cases.tasks("demo", "quality", 2, None)
    rest = services.cases.tasks("demo", "quality", 2, page.next)
    assert [item["title"] for item in (*page.items, *rest.items)] == ["in 1 h", "in 2 h", "in 3 h"]
    assert rest.next is None
    assert services.cases.tasks("demo", "finance", 2, None).items == []
    finish_task(services, command(stored), page.items[0]["id"], TaskResult(outcome="checked"))
    assert [item["title"] for item in services.cases.tasks("demo", "quality", 9, None).items] == ["in 2 h", "in 3 h"]


def test_a_batch_that_names_an_item_twice_gives_it_once(services: AwsServices) -> None:
    services.table.put({"pk": "A", "sk": "1"})
    assert services.table.get_many([("A", "1"), ("A", "1"), ("A", "2")]) == [{"pk": "A", "sk": "1"}]
