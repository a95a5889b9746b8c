"""Which records are one person, and which of them a redaction erases: rows of `data/people.yaml`."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import by_address
from chalicelib.domain.email.authorship import claimed_customer
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order_payload import CustomerIn, OrderUpdate
from chalicelib.domain.platforms.events import Redaction
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import identify, merge
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.privacy.erase_customer import erase_named
from chalicelib.usecases.privacy.handle_privacy_request import whom
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.world.rows import rows


class People:
    """The records of a row, by their names in the row."""

    def __init__(self, services: FakeServices) -> None:
        self.services = services
        self.names: dict[str, str] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Store a record as its source sends it, and identify it."""
        name = str(record["id"])
        at = {"taobao": str(record["at"])} if "at" in record else {}
        known = CustomerIn(
            external_id=external(name),
            email=record.get("email"),
            phone=str(record.get("phone") or "") or None,
            marketplace_ids=at,
        )
        self.services.time += 1000
        customer = upsert_customer(self.services, SHOP, known, self.services.time)
        self.names[key_of_id(customer.id)] = name
        identify(self.services, key_of_id(customer.id))

    def record(self, name: str) -> Customer:
        return self.services.customers.stored[customer_key(self.services, SHOP.id, external(name))]

    def together(self) -> list[list[str]]:
        """The records that are one person, without those that are alone or erased."""
        families: dict[str, list[str]] = {}
        for key, name in self.names.items():
            root = main_record(self.services, key)
            assert root is not None
            if self.services.customers.stored[key].erased_at is not None:
                continue
            families.setdefault(root.id, []).append(name)
        return sorted(sorted(family) for family in families.values() if len(family) > 1)


def external(name: str) -> str:
    if name.startswith("claim of "):
        return claimed_customer(name.removeprefix("claim of ")).external_id
    return by_address(name.removeprefix("mail of ")) if name.startswith("mail of ") else name


@pytest.mark.parametrize("row", rows("people"))
def test_people(row: dict[str, Any], services: FakeServices) -> None:
    people = People(services)
    for record in row["records"]:
        people.add(record)
    for into, member in row.get("by_hand", []):
        merge(services, people.record(into), people.record(member), MEI, "they say so")
    for record in row.get("later", []):
        people.add(record)
    for order, buyer in row.get("orders", {}).items():
        record = {"external_id": order, "number": row.get("numbers", {}).get(order)}
        bought = msgspec.convert({**record, "customer": {"external_id": external(buyer)}}, OrderUpdate)
        record_order(services, SHOP, bought, services.time)
    before = people.together()
    if "redact" in row:
        named = dict(row["redact"])
        record = Redaction(**named | {"orders": tuple(named.get("orders", ()))})
        done = erase_named(services, SHOP, whom(record, "shopify"), MEI, "01REQUEST0000000000000000R")
        gone = [name for key, name in people.names.items() if services.customers.stored[key].erased_at is not None]
        assert sorted(gone) == row["want"]["erased"]
        assert sorted(people.names[key_of_id(one)] for one in done.doubtful) == row["want"].get("doubtful", [])
        assert {f"demo#{key}" for key, name in people.names.items() if name in gone} == set(services.vault.destroyed)
        before = people.together()
    assert before == row["want"]["people"]
