"""Platforms' events about people: everybody they name is erased, and nobody else."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import by_address
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order_payload import CustomerIn, OrderUpdate
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports import Receipt
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.platforms.signatures import platform_signature
from tests.support.world.rows import rows

MEI = Actor("agent", "mei")


class People:
    """The customers of a row, by their names in the row."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.services, self.addresses = FakeServices(), row["known"]
        for name, address in row["known"].items():
            upsert_customer(self.services, SHOP, CustomerIn(external_id=self._id(name), email=address), NOON)
        for into, member in row.get("merged", []):
            merge(self.services, self[into], self[member], MEI, "one person")
        for name in row.get("held", []):
            self.services.customers.stored[key_of_id(self[name].id)] = replace(self[name], held=NOON)
        for order, buyer in row.get("orders", {}).items():
            who = CustomerIn(external_id=self._id(buyer), email=self.addresses[buyer])
            record_order(self.services, SHOP, OrderUpdate(external_id=order, customer=who), NOON)

    def _id(self, name: str) -> str:
        return by_address(self.addresses[name]) if name == "guest" else name

    def key(self, name: str) -> str:
        return customer_key(self.services, "demo", self._id(name))

    def __getitem__(self, name: str) -> Customer:
        return self.services.customers.stored[self.key(name)]

    def send_event(self, event: dict[str, Any]) -> Receipt:
        source, secret = event.get("source", "shopify"), {"shopify": "shopify-secret", "woocommerce": "woo-secret"}
        plain = {} if event.get("only") else {"shop_id": 954889, "shop_domain": "lantern.example"}
        raw, prefix = json.dumps(plain | event["body"]).encode(), "X-Shopify" if source == "shopify" else "X-WC-Webhook"
        name = "Hmac-Sha256" if source == "shopify" else "Signature"
        headers = {
            f"{prefix}-Topic": event["topic"],
            f"{prefix}-{name}": platform_signature(secret[source], raw),
        }
        taken = receive_webhook(self.services, "demo", source, headers, raw)
        assert taken is not None
        process_receipt(self.services, taken.receipt.id)
        found = self.services.receipts.load(taken.receipt.id)
        assert found is not None
        return found


@pytest.mark.parametrize("row", rows("platform_people"))
def test_what_a_platform_tells_of_people(row: dict[str, Any]) -> None:
    people, want = People(row), row["want"]
    receipt = people.send_event(row["event"])
    assert (receipt.state, want.get("says", "") in (receipt.reason or "")) == (want["receipt"], True)
    erased = {name for name in row["known"] if people[name].erased_at is not None}
    assert erased == set(want.get("erased", []))
    assert {f"demo#{people.key(name)}" for name in erased} <= set(people.services.vault.destroyed)
    assert not {f"demo#{people.key(name)}" for name in want.get("left", [])} & set(people.services.vault.destroyed)
    if "exported" in want:
        assert len(people.services.exports.stored) == want["exported"]
    if "one" in want:
        roots = {root.id for name in want["one"] if (root := main_record(people.services, people.key(name)))}
        assert len(roots) == min(len(want["one"]), 1)
        assert len({one.root for one in people.services.customers.stored.values() if one.root}) == min(
            len(want["one"]), 1
        )
