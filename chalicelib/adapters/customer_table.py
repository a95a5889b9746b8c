"""Customers in the table: the one home of names, addresses and phone numbers."""

from collections.abc import Iterable

from chalicelib.adapters.dynamo import Item, Refused, Table
from chalicelib.adapters.personal import opened, sealed
from chalicelib.domain.customers import Customer
from chalicelib.domain.ids import key_in
from chalicelib.domain.instants import Instant

PERSONAL = ("name", "email", "phone")


class CustomerTable:
    """The `CustomerStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def load(self, keys: Iterable[str]) -> dict[str, Customer]:
        """The customers with these keys."""
        found = self.table.get_many([(_pk(key), "C") for key in keys])
        return {item["pk"].removeprefix("CUSTOMER#"): _customer(item) for item in found}

    def tell(self, customer: Customer) -> Customer:
        """Keep what was told of a customer, unless something newer was told before; the customer as they stand."""
        key = key_in(customer.id)
        item = _item(customer)
        try:
            self.table.put(item, only_new=True)
        except Refused as refused:
            standing = refused.reasons[0] or self.table.get(_pk(key), "C") or {}
            return _customer(self._tell_again(key, item, standing))
        return customer

    def _tell_again(self, key: str, item: Item, standing: Item) -> Item:
        told = {name: item.get(name) for name in (*PERSONAL, "language") if item.get(name) is not None}
        if item["seen_at"] < standing["seen_at"] or all(standing.get(name) == value for name, value in told.items()):
            return standing
        changes = "SET #seen_at = :seen_at" + "".join(f", #{name} = :{name}" for name in told)
        values = {":seen_at": item["seen_at"]} | {f":{name}": value for name, value in told.items()}
        try:
            return self.table.update(_pk(key), "C", changes, values, "#seen_at <= :seen_at")
        except Refused as refused:  # something newer was told meanwhile
            return refused.reasons[0] or standing

    def claim_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        """Take the customer's contact budget for this survey; the customer as they stand when it is not to be had."""
        free = (
            "(attribute_not_exists(#surveyed_at) OR #surveyed_at <= :start)"
            " AND attribute_not_exists(#consent_withdrawn_at) AND (attribute_not_exists(#survey) OR #survey <> :survey)"
        )
        values = {":now": now, ":survey": survey, ":start": budget_start}
        try:
            self.table.update(_pk(key), "C", "SET #surveyed_at = :now, #survey = :survey", values, free)
        except Refused as refused:
            return _customer(refused.reasons[0] or self.table.get(_pk(key), "C") or {})
        return None

    def release_survey(self, key: str, survey: str) -> None:
        """Give the budget back: the mail did not leave."""
        try:
            self.table.update(_pk(key), "C", "REMOVE #surveyed_at, #survey", {":survey": survey}, "#survey = :survey")
        except Refused:
            return

    def withdraw(self, key: str, now: Instant) -> None:
        """Withdraw the consent to be asked."""
        change = "SET #consent_withdrawn_at = if_not_exists(#consent_withdrawn_at, :now)"
        self.table.update(_pk(key), "C", change, {":now": now})


def _pk(key: str) -> str:
    return f"CUSTOMER#{key}"


def _item(customer: Customer) -> Item:
    return {
        "pk": _pk(key_in(customer.id)), "sk": "C", "id": customer.id, "shop": customer.shop,
        "external_id": customer.external_id, "language": customer.language, "seen_at": customer.seen_at,
    } | {name: sealed(getattr(customer, name)) for name in PERSONAL}  # fmt: skip


def _customer(item: Item) -> Customer:
    return Customer(
        id=item["id"], shop=item["shop"], external_id=item["external_id"], name=opened(item.get("name")),
        email=opened(item.get("email")), phone=opened(item.get("phone")), language=item.get("language"),
        seen_at=item["seen_at"], surveyed_at=item.get("surveyed_at"), survey=item.get("survey"),
        consent_withdrawn_at=item.get("consent_withdrawn_at"),
    )  # fmt: skip
