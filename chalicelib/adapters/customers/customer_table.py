"""Customers in the table: the only place where names, addresses and phone numbers are stored."""

from collections.abc import Callable, Iterable
from typing import get_args

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import last_contact_item, touch_item
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.customer import Customer, apply_update, has_identifiers, has_new_identifiers
from chalicelib.domain.customers.segments import Need, Segments
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.private_fields import join_private, split_private
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.usecases.ports.cases import RetryLater
from chalicelib.usecases.ports.customers import Upserted, unchanged

ATTEMPTS = 5
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


class CustomerTable:
    """The `CustomerStore` port on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def load(self, wanted: Iterable[str]) -> dict[str, Customer]:
        """The customers with these keys, by key."""
        items = self.table.get_many([(keys.customer(key), "C") for key in wanted])
        self.personal.preload(items)
        return {item["pk"].removeprefix("CUSTOMER#"): self._read(item) for item in items}

    def upsert(self, customer: Customer) -> Customer:
        """Create a customer or update the stored one, unless the stored data is newer; the stored customer."""
        mark = {"relay": "intake"} if has_identifiers(customer) else {}
        upserted = self._store(customer, mark)
        if upserted.has_new_identifiers and upserted.customer is not customer:
            self.request_identification(upserted.customer)
        return upserted.customer

    def upsert_unrelayed(self, customer: Customer) -> Upserted:
        """As `upsert`, for a caller who identifies the customer at once if that is due."""
        return self._store(customer, {})

    def _store(self, customer: Customer, mark: Item) -> Upserted:
        """Create a customer with this mark, or update the stored one."""
        if stored := self.table.get_ahead([(keys.customer(key_of_id(customer.id)), "C")]):
            return self._update(stored[0], customer)
        item = self._item(customer)
        try:
            self.table.put(item | mark, only_new=True)
        except ConditionFailed as refused:
            stored_item = refused.reasons[0] or self.table.get(item["pk"], "C") or {}
            return self._update(stored_item, customer)
        return Upserted(customer, has_new_identifiers=has_identifiers(customer), is_repeated=False)

    def _update(self, stored_item: Item, update: Customer) -> Upserted:
        for _ in range(ATTEMPTS):
            stored = self._read(stored_item)
            updated = apply_update(stored, update)
            if updated is stored:
                return unchanged(stored, update)
            try:
                written = self._read(self._rewrite(updated, stored_item))
            except ConditionFailed as refused:  # another update was written at the same time
                stored_item = refused.reasons[0] or stored_item
            else:
                return Upserted(written, has_new_identifiers(stored, written), is_repeated=False)
        raise RetryLater(f"customer {key_of_id(update.id)} was updated by others {ATTEMPTS} times in a row")

    def _rewrite(self, customer: Customer, stored: Item) -> Item:
        """Write the record over the stored one if that is unchanged; an erased customer who comes back is restored. The
        time alone does not show a change: special care is stored without one."""
        item = self._item(customer)
        values = {f":{name}": item[name] for name in ("sealed", "whose", "seen_at")} | {":was": stored["seen_at"]}
        changes = "SET #sealed = :sealed, #whose = :whose, #seen_at = :seen_at"
        if customer.language is not None:
            changes = f"{changes}, #language = :language"
            values |= {":language": customer.language}
        unchanged = "#seen_at = :was AND attribute_not_exists(#erased_at)"
        if "erased_at" in stored:
            unchanged = "#seen_at = :was AND #erased_at = :erased"
            changes = f"{changes} REMOVE #erased_at"
            values |= {":erased": stored["erased_at"]}
        if "sealed" in stored:  # encrypted anew, it is never the same
            unchanged += " AND #sealed = :text"
            values |= {":text": stored["sealed"]}
        return self.table.update(item["pk"], "C", changes, values, unchanged)

    def request_identification(self, customer: Customer) -> None:
        """Have the relay send a customer to be identified."""
        self.table.put(
            {
                "pk": keys.customer(key_of_id(customer.id)),
                "sk": f"I#{customer.seen_at:013d}",
                "relay": "intake",
                "ttl": customer.seen_at // SECOND_MS + DAY_MS // SECOND_MS,
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
        """Remove all personal data from a customer's record; only that and when they were erased remains."""
        changes = "SET #erased_at = if_not_exists(#erased_at, :now) REMOVE #sealed, #whose, #language, #segments"
        self.table.update(keys.customer(key), "C", changes, {":now": now})
        self.table.delete(keys.standings(shop, keys.shard(key)), key)
        self.table.put(touch_item(shop, key, now))

    def reserve_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        """Use the customer's contact budget for this survey; the stored customer when it is not available."""
        is_available = (
            "(attribute_not_exists(#surveyed_at) OR #surveyed_at <= :start)"
            " AND attribute_not_exists(#consent_withdrawn_at) AND (attribute_not_exists(#survey) OR #survey <> :survey)"
        )
        values = {":now": now, ":survey": survey, ":start": budget_start}
        try:
            self.table.update(
                keys.customer(key), "C", "SET #surveyed_at = :now, #survey = :survey", values, is_available
            )
        except ConditionFailed as refused:
            return self._read(refused.reasons[0] or self.table.get(keys.customer(key), "C") or {})
        return None

    def release_survey(self, key: str, survey: str) -> None:
        """Give the contact budget back, because the email did not leave."""
        try:
            self.table.update(
                keys.customer(key), "C", "REMOVE #surveyed_at, #survey", {":survey": survey}, "#survey = :survey"
            )
        except ConditionFailed:
            return

    def set_consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer:
        """Store a consent unless a later one is stored; the customer as stored then."""
        name = f"consent_{purpose}"
        changes = f"SET #{name} = :consent, #{name}_at = :at"
        values = {":consent": msgspec.json.encode(consent).decode(), ":at": consent.at}
        is_withdrawn = consent.state == "withdrawn"
        if purpose == "surveys":
            changes += ", #consent_withdrawn_at = :at" if is_withdrawn else " REMOVE #consent_withdrawn_at"
        if purpose == "profiling":
            changes += ", #unprofiled = :at REMOVE #segments" if is_withdrawn else " REMOVE #unprofiled"
        is_latest = f"attribute_exists(pk) AND (attribute_not_exists(#{name}_at) OR #{name}_at < :at)"
        try:
            stored = self._read(self.table.update(keys.customer(key), "C", changes, values, is_latest))
            if purpose == "profiling":
                self.table.put(touch_item(stored.shop, key, consent.at))
            return stored
        except ConditionFailed as refused:
            return self._read(refused.reasons[0] or self.table.get(keys.customer(key), "C") or {})

    def set_legal_hold(self, key: str, since: Instant | None) -> Customer:
        """Start a legal hold on the customer's data, or end it (None); the customer as stored then."""
        changes, values = ("SET #held = :since", {":since": since}) if since is not None else ("REMOVE #held", {})
        return self._read(self.table.update(keys.customer(key), "C", changes, values))

    def set_last_contact(self, shop: str, key: str, last_contact_at: Instant) -> None:
        """Note when the customer was last active."""
        self.table.put(last_contact_item(shop, key, last_contact_at))

    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer:
        """Store which special care the customer needs, none to remove it; the customer as stored then."""
        return self._change_private(key, lambda stored: replace(stored, care=needs))

    def set_undeliverable(self, key: str, address: str | None) -> None:
        """Store the customer's email address that permanently bounces; None when it accepts emails again."""
        stored = self.load([key]).get(key)
        if stored is not None and stored.erased_at is None and stored.undeliverable != address:
            self._change_private(key, lambda current: replace(current, undeliverable=address))

    def _change_private(self, key: str, change: Callable[[Customer], Customer]) -> Customer:
        """Change encrypted fields of a record, also while others update it."""
        for _ in range(ATTEMPTS):
            stored_item = self.table.get(keys.customer(key), "C") or {}
            try:
                return self._read(self._rewrite(change(self._read(stored_item)), stored_item))
            except ConditionFailed:  # another update was written at the same time
                continue
        raise RetryLater(f"customer {key} was updated by others {ATTEMPTS} times in a row")


def _consents(item: Item) -> dict[Purpose, Consent]:
    texts = {purpose: item.get(f"consent_{purpose}") for purpose in PURPOSES}
    return {purpose: msgspec.json.decode(text, type=Consent) for purpose, text in texts.items() if text}


def _keys(item: Item, name: str) -> tuple[str, ...]:
    return tuple(key for key in item.get(name, "").split(",") if key)
