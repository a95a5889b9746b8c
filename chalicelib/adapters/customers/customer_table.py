"""Customers in the table: the one home of names, addresses and phone numbers."""

from collections.abc import Callable, Iterable
from typing import get_args

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import heard_item, touch_item
from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.customer import Customer, apply_update
from chalicelib.domain.customers.segments import Need, Segments
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.private_fields import join_private, split_private
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.usecases.ports import RetryLater

ATTEMPTS = 5
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
KNOWN_BY = ("email", "phone", "marketplace_ids")


class CustomerTable:
    """The `CustomerStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def load(self, wanted: Iterable[str]) -> dict[str, Customer]:
        """The customers with these keys."""
        found = self.table.get_many([(keys.customer(key), "C") for key in wanted])
        self.personal.ahead(found)
        return {item["pk"].removeprefix("CUSTOMER#"): self._read(item) for item in found}

    def tell(self, customer: Customer) -> Customer:
        """Keep what was told of a customer, unless something newer was told before; the customer as they stand."""
        item = self._item(customer)
        try:
            self.table.put(item | self._to_identify(customer), only_new=True)
        except Refused as refused:
            standing = refused.reasons[0] or self.table.get(item["pk"], "C") or {}
            return self._tell_again(customer, standing)
        return customer

    def _tell_again(self, told: Customer, standing: Item) -> Customer:
        known = self._read(standing)
        for _ in range(ATTEMPTS):
            merged = apply_update(known, told)
            if merged is known:
                return known
            try:
                after = self._read(self._rewrite(merged, known))
            except Refused as refused:  # something else was told meanwhile
                known = self._read(refused.reasons[0] or standing)
            else:
                self._identify_anew(known, after)
                return after
        raise RetryLater(f"customer {key_of_id(told.id)} was told of by others {ATTEMPTS} times in a row")

    def _rewrite(self, customer: Customer, known: Customer) -> Item:
        """The record as it is told now; who was forgotten and comes back is somebody again."""
        item = self._item(customer)
        values = {f":{name}": item[name] for name in ("sealed", "whose", "seen_at")} | {":was": known.seen_at}
        changes = "SET #sealed = :sealed, #whose = :whose, #seen_at = :seen_at"
        if customer.language is not None:
            changes, values = f"{changes}, #language = :language", values | {":language": customer.language}
        unchanged = "#seen_at = :was AND attribute_not_exists(#erased_at)"
        if known.erased_at is not None:
            unchanged, changes = "#seen_at = :was AND #erased_at = :erased", f"{changes} REMOVE #erased_at"
            values = values | {":erased": known.erased_at}
        return self.table.update(item["pk"], "C", changes, values, unchanged)

    def _to_identify(self, customer: Customer) -> Item:
        """A new record that can be known by something is to be identified: the relay takes it there."""
        return {"relay": "intake"} if any(getattr(customer, name) for name in KNOWN_BY) else {}

    def _identify_anew(self, before: Customer, after: Customer) -> None:
        if any(getattr(before, name) != getattr(after, name) for name in KNOWN_BY):
            ttl = after.seen_at // SECOND_MS + DAY_MS // SECOND_MS
            self.table.put(
                {
                    "pk": keys.customer(key_of_id(after.id)),
                    "sk": f"I#{after.seen_at:013d}",
                    "relay": "intake",
                    "ttl": ttl,
                }
            )

    def _item(self, customer: Customer) -> Item:
        key = key_of_id(customer.id)
        item: Item = {
            "pk": keys.customer(key),
            "sk": "C",
            "id": customer.id,
            "shop": customer.shop,
            "language": customer.language,
            "seen_at": customer.seen_at,
        }
        return item | self.personal.sealed(item, split_private(customer)[1], customer.shop, key)

    def _read(self, item: Item) -> Customer:
        clear = Customer(
            id=item["id"],
            shop=item["shop"],
            external_id="",
            language=item.get("language"),
            seen_at=item["seen_at"],
            surveyed_at=item.get("surveyed_at"),
            survey=item.get("survey"),
            consent_withdrawn_at=item.get("consent_withdrawn_at"),
            root=item.get("root"),
            members=_keys(item, "members"),
            apart=_keys(item, "apart"),
            erased_at=item.get("erased_at"),
            held=item.get("held"),
            segments=msgspec.json.decode(item["segments"], type=Segments) if "segments" in item else None,
            consents=_consents(item),
        )
        return join_private(clear, self.personal.opened(item))

    def erase(self, shop: str, key: str, now: Instant) -> None:
        """Leave nothing of a person on their record but that they were forgotten, and when."""
        changes = "SET #erased_at = if_not_exists(#erased_at, :now) REMOVE #sealed, #whose, #language, #segments"
        self.table.update(keys.customer(key), "C", changes, {":now": now})
        self.table.delete(keys.standings(shop, keys.shard(key)), key)
        self.table.put(touch_item(shop, key, now))

    def claim_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        """Take the customer's contact budget for this survey; the customer as they stand when it is not to be had."""
        free = (
            "(attribute_not_exists(#surveyed_at) OR #surveyed_at <= :start)"
            " AND attribute_not_exists(#consent_withdrawn_at) AND (attribute_not_exists(#survey) OR #survey <> :survey)"
        )
        values = {":now": now, ":survey": survey, ":start": budget_start}
        try:
            self.table.update(keys.customer(key), "C", "SET #surveyed_at = :now, #survey = :survey", values, free)
        except Refused as refused:
            return self._read(refused.reasons[0] or self.table.get(keys.customer(key), "C") or {})
        return None

    def release_survey(self, key: str, survey: str) -> None:
        """Give the budget back: the mail did not leave."""
        try:
            self.table.update(
                keys.customer(key), "C", "REMOVE #surveyed_at, #survey", {":survey": survey}, "#survey = :survey"
            )
        except Refused:
            return

    def consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer:
        """Keep the last word on a purpose; the customer as they stand then."""
        name, told = f"consent_{purpose}", msgspec.json.encode(consent).decode()
        changes, values = f"SET #{name} = :told, #{name}_at = :at", {":told": told, ":at": consent.at}
        if purpose == "surveys":
            withdrawn = consent.state == "withdrawn"
            changes += ", #consent_withdrawn_at = :at" if withdrawn else " REMOVE #consent_withdrawn_at"
        if purpose == "profiling":
            minds = consent.state == "withdrawn"
            changes += ", #unprofiled = :at REMOVE #segments" if minds else " REMOVE #unprofiled"
        later = f"attribute_exists(pk) AND (attribute_not_exists(#{name}_at) OR #{name}_at < :at)"
        try:
            kept = self._read(self.table.update(keys.customer(key), "C", changes, values, later))
            if purpose == "profiling":
                self.table.put(touch_item(kept.shop, key, consent.at))
            return kept
        except Refused as refused:
            return self._read(refused.reasons[0] or self.table.get(keys.customer(key), "C") or {})

    def hold(self, key: str, since: Instant | None) -> Customer:
        """Note since when a person's data must be kept; None ends it."""
        changes, values = ("SET #held = :since", {":since": since}) if since is not None else ("REMOVE #held", {})
        return self._read(self.table.update(keys.customer(key), "C", changes, values))

    def set_last_contact(self, shop: str, key: str, at: Instant) -> None:
        """Note that somebody was heard of then."""
        self.table.put(heard_item(shop, key, at))

    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer:
        """Keep what special care somebody needs; none is kept of whom none is needed."""
        return self._with(key, lambda known: replace(known, care=needs))

    def set_undeliverable(self, key: str, address: str | None) -> None:
        """Keep the address that mail to somebody comes back from; None when it takes mail again."""
        known = self.load([key]).get(key)
        if known is not None and known.erased_at is None and known.undeliverable != address:
            self._with(key, lambda now: replace(now, undeliverable=address))

    def _with(self, key: str, change: Callable[[Customer], Customer]) -> Customer:
        """A record changed in what is sealed, whatever else is told of it at the same time."""
        for _ in range(ATTEMPTS):
            known = self.load([key])[key]
            try:
                return self._read(self._rewrite(change(known), known))
            except Refused:  # something else was told meanwhile
                continue
        raise RetryLater(f"customer {key} was told of by others {ATTEMPTS} times in a row")


def _consents(item: Item) -> dict[Purpose, Consent]:
    found = {purpose: item.get(f"consent_{purpose}") for purpose in PURPOSES}
    return {purpose: msgspec.json.decode(told, type=Consent) for purpose, told in found.items() if told}


def _keys(item: Item, name: str) -> tuple[str, ...]:
    return tuple(key for key in item.get(name, "").split(",") if key)
