"""Messages are taken to a new case, and the new case is merged back."""

import pytest

from chalicelib.domain.casework.facts import CaseSplit
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.usecases.casework import split_case
from chalicelib.usecases.casework.read_timeline import conversation
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in, reply
from tests.support.cases.webhooks import request
from tests.support.casework.cases import FIRST, faults, merge, run_intake, split, write


@pytest.fixture
def services() -> FakeServices:
    services = FakeServices()
    services.hook("case.requested", request(type="question"))
    reply(services)
    return services


def texts(services: FakeServices, key: str) -> list[str]:
    events = conversation(services, services.cases.load(key))
    return [event.fact.message for event in events if hasattr(event.fact, "message")]


def test_the_messages_open_a_case_of_the_same_customer_that_is_linked_with_the_old_one(services: FakeServices) -> None:
    first, second = write(services, "another thing", 10), write(services, "it is blue", 11)
    opened, old = split(services, [second.id, first.id]), case_in(services, FIRST)
    assert (opened.customer, opened.channel, opened.language) == (old.customer, old.channel, old.language)
    assert (opened.links, old.links) == ((old.id,), (opened.id,))
    assert opened.opened_at == first.at
    key = opened.id[-16:]
    assert services.cases.opening([key])[key].subject == "Another matter"
    assert texts(services, key) == ["another thing", "it is blue"]
    assert faults(services) == []


def test_nobody_owes_an_answer_on_the_old_case_any_more(services: FakeServices) -> None:
    before = case_in(services)
    message = write(services, "another thing", 10)
    split(services, [message.id])
    after = case_in(services)
    assert (after.clocks, after.status) == (before.clocks, before.status)


def test_the_new_case_begins_now_if_the_shop_has_replied_since(services: FakeServices) -> None:
    message = write(services, "another thing", 10)
    services.time += HOUR_MS
    reply(services)
    services.time += HOUR_MS
    assert split(services, [message.id]).opened_at == services.time


def test_a_return_is_split_into_a_question_unless_something_else_is_said(services: FakeServices) -> None:
    services.hook("case.requested", request(external_id="web-9"))
    message = write(services, "another thing", 10, "web-9")
    key = case_key(SHOP.id, "web-9")
    assert split(services, [message.id], key).type == "question"
    other = write(services, "a third thing", 12, "web-9")
    assert split(services, [other.id], key, type="complaint").type == "complaint"


def test_what_is_no_message_of_the_customer_on_this_case_is_refused(services: FakeServices) -> None:
    opening, answer = (event.id for event in services.cases.events(FIRST)[:2])
    for identifier in (opening, answer, "01KAJ4Z2C07Q9X3T5V8W1Y4A6B"):
        with pytest.raises(Invalid, match="no later message"):
            split(services, [identifier])
    message = write(services, "another thing", 10)
    split(services, [message.id])
    with pytest.raises(Invalid, match="taken from this case before"):
        split(services, [message.id])


def test_a_request_that_stops_after_its_event_has_the_case_opened_by_the_follow_up(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    first, second = write(services, "another thing", 10), write(services, "it is blue", 11)
    run_intake(services)
    with monkeypatch.context() as patched:
        patched.setattr(split_case, "open_split_case", stop)
        with pytest.raises(KeyboardInterrupt):
            split(services, [first.id, second.id])
    assert len(services.cases.stored) == 1
    run_intake(services)
    fact = services.cases.events(FIRST)[-1].fact
    assert isinstance(fact, CaseSplit)
    assert texts(services, fact.into[-16:]) == ["another thing", "it is blue"]
    assert faults(services) == []


def test_a_case_that_was_split_off_is_merged_back(services: FakeServices) -> None:
    message = write(services, "another thing", 10)
    opened = split(services, [message.id])
    merge(services, opened.id[-16:], FIRST)
    assert case_in(services, opened.id[-16:]).status == "closed"
    assert "another thing" in texts(services, FIRST)
    assert faults(services) == []
