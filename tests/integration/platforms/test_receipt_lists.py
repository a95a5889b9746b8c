"""Messages without effect are listed; processed ones are not, and cost no entry."""

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.usecases.intake.list_receipts import list_receipts
from chalicelib.usecases.ports.intake import Receipt, ReceiptState
from tests.fakes import NOON


def receipt(place: int, state: ReceiptState = "failed", shop: str = "demo") -> Receipt:
    source = "shopify" if place % 2 else "standard"
    identifier = new_id(NOON + place, key_of("receipt", shop, str(place)))
    return Receipt(
        id=identifier,
        shop=shop,
        source=source,  # type: ignore[arg-type]
        delivery=str(place),
        type="orders/paid",
        received_at=NOON + place,
        body=b"{}",
        state=state,
        reason="why",
        whose="nobody-1",
    )


def places(services: AwsServices, source: str | None = None, state: str | None = None) -> list[int]:
    """The receipts of all pages of two, by when they came."""
    found: list[int] = []
    after = None
    while True:
        page = list_receipts(services, "demo", source, state, 2, after)
        found += [each.received_at - NOON for each in page.items]
        after = page.next
        if after is None:
            return found


def test_all_sources_are_one_list_that_pages_newest_first(services: AwsServices) -> None:
    for place in range(5):
        services.receipts.add(receipt(place, "ignored" if place == 2 else "failed"))
    services.receipts.add(receipt(9, shop="other"))
    assert places(services) == [4, 3, 2, 1, 0]
    assert places(services, "shopify") == [3, 1]
    assert places(services, None, "ignored") == [2]
    assert places(services, "mail") == []


def test_a_receipt_enters_the_list_when_it_fails_and_leaves_it_when_it_is_processed(services: AwsServices) -> None:
    waiting = replace(receipt(1), state="stored", reason=None)
    services.receipts.add(waiting)
    assert places(services) == []
    services.receipts.settle(waiting, "failed", None, "its order is not known")
    assert (places(services), places(services, None, "ignored")) == ([1], [])
    services.receipts.settle(waiting, "ignored", None, "nothing follows")
    assert (places(services), places(services, None, "failed")) == ([1], [])
    services.receipts.settle(waiting, "processed", "case", None)
    assert places(services) == []
    item = services.table.get(f"RECEIPT#{waiting.id[-16:]}", "R")
    assert item is not None
    assert (item["attempts"], "status_key" in item, "listed" in item, "reason" in item) == (3, False, False, False)


def test_one_that_an_earlier_version_stored_is_read_and_is_listed_once_it_fails_again(services: AwsServices) -> None:
    services.receipts.add(receipt(1))
    services.table.update(f"RECEIPT#{receipt(1).id[-16:]}", "R", "REMOVE #status_key, #listed", {})
    assert places(services) == []
    stored = services.receipts.load(receipt(1).id)
    assert stored is not None
    services.receipts.settle(stored, "failed", None, "still")
    assert places(services) == [1]


def test_what_is_not_listed_is_said(services: AwsServices) -> None:
    for source, state in ((None, "processed"), ("magento", None)):
        with pytest.raises(Invalid):
            list_receipts(services, "demo", source, state, 2, None)
    with pytest.raises(NotFound):
        list_receipts(services, "nowhere", None, None, 2, None)
