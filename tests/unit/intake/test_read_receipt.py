"""The state of a receipt: its event says that it is processed, and only other results are saved with it."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.intake.prefetch import prefetch
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.read_receipt import read_receipt
from chalicelib.usecases.ports.intake import Receipt
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import about, request

BECOMES_AN_EVENT: list[tuple[str, dict[str, Any]]] = [
    ("message.received", about(5, author="customer", message="?")),
    ("case.replied", about(6, agent="mei", message="好")),
    ("case.resolved", about(7, agent="mei", message="好了")),
    ("survey.answered", about(8, csat=5)),
    ("parcel.received", about(9)),
]


def _shown(services: FakeServices, receipt: Receipt) -> tuple[str, str | None, int]:
    read = read_receipt(services, receipt.id)
    assert read is not None
    return read.state, read.case, read.attempts


def _saved(services: FakeServices, receipt: Receipt) -> tuple[str, str | None, int]:
    stored = services.receipts.stored[key_of_id(receipt.id)]
    return stored.state, stored.case, stored.attempts


def test_a_receipt_whose_event_names_it_is_processed_without_being_written(services: FakeServices) -> None:
    receipts = [services.hook(kind, data) for kind, data in [("case.requested", request()), *BECOMES_AN_EVENT]]
    case = case_in(services)
    assert [_shown(services, receipt) for receipt in receipts] == [("processed", case.id, 1)] * len(receipts)
    assert [_saved(services, receipt) for receipt in receipts] == [("stored", None, 0)] * len(receipts)


def test_a_receipt_is_stored_until_it_is_processed(services: FakeServices) -> None:
    receipt = services.deliver("case.requested", request())
    assert _shown(services, receipt) == ("stored", None, 0)


@pytest.mark.parametrize(("kind", "data"), [("case.requested", request()), *BECOMES_AN_EVENT])
def test_the_same_event_in_a_second_delivery_has_its_result_saved(
    services: FakeServices, kind: str, data: dict[str, Any]
) -> None:
    services.hook("case.requested", request())
    services.hook(kind, data)
    second = services.deliver(kind, data)
    assert _shown(services, second) == ("stored", None, 0)
    process_receipt(services, second.id)
    assert _saved(services, second) == _shown(services, second) == ("processed", case_in(services).id, 1)


@pytest.mark.parametrize("ahead", [True, False])
def test_an_attempt_after_the_one_that_was_not_saved_is_the_second(services: FakeServices, ahead: bool) -> None:
    receipt = services.hook("case.requested", request())
    key = key_of_id(receipt.id)
    process_receipt(services, receipt.id, prefetch(services, [key])[key] if ahead else None)
    assert _saved(services, receipt) == ("processed", case_in(services).id, 2)


def test_a_processed_receipt_stays_processed_when_its_content_is_erased(services: FakeServices) -> None:
    receipt = services.hook("case.requested", request())
    key = key_of_id(receipt.id)
    services.receipts.stored[key] = replace(services.receipts.stored[key], body=b"")
    assert _shown(services, receipt) == ("processed", case_in(services).id, 1)
    assert process_receipt(services, receipt.id).state == "processed"
    assert _shown(services, receipt) == ("processed", case_in(services).id, 1)


def test_an_unprocessed_receipt_fails_when_its_content_was_erased_first(services: FakeServices) -> None:
    receipt = services.deliver("case.requested", request())
    key = key_of_id(receipt.id)
    services.receipts.stored[key] = replace(services.receipts.stored[key], body=b"")
    process_receipt(services, receipt.id)
    assert _shown(services, receipt) == ("failed", None, 1)


def test_an_event_that_waits_for_its_case_is_not_processed(services: FakeServices) -> None:
    receipt = services.hook("case.replied", about(6, agent="mei", message="好"))
    assert _shown(services, receipt) == ("stored", None, 1)


def test_the_result_of_a_receipt_of_an_earlier_version_is_the_saved_one(services: FakeServices) -> None:
    receipt = services.deliver("case.requested", request())
    services.receipts.stored[key_of_id(receipt.id)] = replace(receipt, becomes=None)
    process_receipt(services, receipt.id)
    assert _saved(services, receipt) == ("processed", case_in(services).id, 1)


def test_reading_a_receipt_reads_one_event_however_many_its_case_has(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.hook("case.requested", request())
    receipts = [services.hook("message.received", about(n, author="customer", message=str(n))) for n in range(1, 30)]

    def whole_story(_key: str) -> None:
        raise AssertionError("the whole story was read")

    monkeypatch.setattr(services.cases, "events", whole_story)
    monkeypatch.setattr(services.cases, "page_of_events", whole_story)
    assert {_shown(services, receipt)[0] for receipt in receipts} == {"processed"}
