"""What platforms tell of people: whoever they name is forgotten, all of them, and nobody else."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.customers import Customer
from chalicelib.domain.events import Actor
from chalicelib.domain.ids import key_in
from chalicelib.domain.order_inputs import CustomerIn, OrderTold
from chalicelib.domain.platforms.people import by_address
from chalicelib.usecases.family import root_of
from chalicelib.usecases.keep_order import keep_order
from chalicelib.usecases.meet_customer import customer_key, meet
from chalicelib.usecases.merge_customers import merge
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.process_receipt import process_receipt
from chalicelib.usecases.receive_hook import receive_hook
from tests.fakes import NOON, SHOP, FakeDesk
from tests.support.signatures import platform_signature
from tests.world.rows import rows

MEI = Actor("agent", "mei")


class People:
    """The people a row knows, by the names it calls them."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.desk, self.addresses = FakeDesk(), row["known"]
        for name, address in row["known"].items():
            meet(self.desk, SHOP, CustomerIn(external_id=self._id(name), email=address), NOON)
        for into, member in row.get("merged", []):
            merge(self.desk, self[into], self[member], MEI, "one person")
        for name in row.get("held", []):
            self.desk.customers.kept[key_in(self[name].id)] = replace(self[name], held=NOON)
        for order, buyer in row.get("orders", {}).items():
            who = CustomerIn(external_id=self._id(buyer), email=self.addresses[buyer])
            keep_order(self.desk, SHOP, OrderTold(external_id=order, customer=who), NOON)

    def _id(self, name: str) -> str:
        return by_address(self.addresses[name]) if name == "guest" else name

    def key(self, name: str) -> str:
        return customer_key(self.desk, "demo", self._id(name))

    def __getitem__(self, name: str) -> Customer:
        return self.desk.customers.kept[self.key(name)]

    def hear(self, told: dict[str, Any]) -> Receipt:
        source, secret = told.get("source", "shopify"), {"shopify": "shopify-secret", "woocommerce": "woo-secret"}
        plain = {} if told.get("only") else {"shop_id": 954889, "shop_domain": "lantern.example"}
        raw, prefix = json.dumps(plain | told["body"]).encode(), "X-Shopify" if source == "shopify" else "X-WC-Webhook"
        name = "Hmac-Sha256" if source == "shopify" else "Signature"
        headers = {
            f"{prefix}-Topic": told["topic"],
            f"{prefix}-{name}": platform_signature(secret[source], raw),
        }
        taken = receive_hook(self.desk, "demo", source, headers, raw)
        assert taken is not None
        process_receipt(self.desk, taken.receipt.id)
        found = self.desk.receipts.load(taken.receipt.id)
        assert found is not None
        return found


@pytest.mark.parametrize("row", rows("platform_people"))
def test_what_a_platform_tells_of_people(row: dict[str, Any]) -> None:
    people, want = People(row), row["want"]
    receipt = people.hear(row["told"])
    assert (receipt.state, want.get("says", "") in (receipt.reason or "")) == (want["receipt"], True)
    forgotten = {name for name in row["known"] if people[name].erased_at is not None}
    assert forgotten == set(want.get("forgotten", []))
    assert {f"demo#{people.key(name)}" for name in forgotten} <= set(people.desk.vault.destroyed)
    assert not {f"demo#{people.key(name)}" for name in want.get("left", [])} & set(people.desk.vault.destroyed)
    if "exported" in want:
        assert len(people.desk.exports.kept) == want["exported"]
    if "one" in want:
        roots = {root.id for name in want["one"] if (root := root_of(people.desk, people.key(name)))}
        assert len(roots) == min(len(want["one"]), 1)
        assert len({one.root for one in people.desk.customers.kept.values() if one.root}) == min(len(want["one"]), 1)
