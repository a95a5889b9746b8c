"""A message that comes long after closing opens a linked case, once, also after an interruption."""

import pytest

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.cases.reported import report_to_case
from chalicelib.usecases.ports.cases import StoredCase
from tests.fakes import NOON, FakeServices
from tests.support.cases.webhooks import KEY, about, request


@pytest.fixture
def services() -> FakeServices:
    """A case that was closed nine days ago."""
    services = FakeServices()
    services.hook("case.requested", request())
    services.hook("case.closed", about(1))
    services.time = NOON + 9 * DAY_MS
    return services


def late_message(number: int) -> dict[str, object]:
    return about(8 * 24 * 60 + number, author="customer", message=f"Message {number}")


def linked(services: FakeServices) -> list[StoredCase]:
    return [stored for stored in services.cases.stored.values() if stored.key != KEY]


def test_a_linked_case_that_was_not_opened_before_an_interruption_is_opened_when_the_message_comes_again(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(report_to_case, "open_linked_cases", stop)
        with pytest.raises(KeyboardInterrupt):
            services.hook("message.received", late_message(1), "first")
    assert linked(services) == []
    services.hook("message.received", late_message(2), "second")
    assert len(linked(services)) == 1
    services.hook("message.received", late_message(1), "first again")
    assert len(linked(services)) == 2


def test_a_closing_that_comes_late_opens_linked_cases_for_the_messages_after_it(services: FakeServices) -> None:
    services.hook("case.requested", request(external_id="web-2"))
    for number in (1, 2):
        services.hook("message.received", late_message(number) | {"case_external_id": "web-2"})
    before = set(services.cases.stored)
    services.hook("case.closed", about(1) | {"case_external_id": "web-2"})
    opened = [stored.case for key, stored in services.cases.stored.items() if key not in before]
    assert sorted(services.cases.opening([key])[key].message for key in services.cases.stored if key not in before) == [
        "Message 1",
        "Message 2",
    ]
    assert all(case is not None and case.links for case in opened)


def test_the_twentieth_message_reads_no_event_of_the_others(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(19):
        services.hook("message.received", late_message(number))
    asked: list[str] = []
    read = services.cases.events_at

    def events_at(key: str, orders: list[str]) -> object:
        asked.extend(orders)
        return read(key, orders)

    monkeypatch.setattr(services.cases, "events_at", events_at)
    services.hook("message.received", late_message(20))
    assert (len(linked(services)), len(asked)) == (20, 2)  # whether it is stored, and what became of its receipt
