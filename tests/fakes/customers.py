"""Customers, their encryption keys, help requests and exports, in memory."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.customer import (
    Customer,
    CustomerEvent,
    apply_update,
    has_identifiers,
    has_new_identifiers,
)
from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.customers.segments import Need
from chalicelib.domain.kernel.ids import key_of, key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.portal.help_request import HelpRequest
from chalicelib.domain.privacy.erasure import Erasure
from chalicelib.domain.privacy.export import Export
from chalicelib.usecases.ports.cases import Page, VersionConflict
from chalicelib.usecases.ports.customers import Upserted, unchanged


class FakeCustomers:
    """Customers by their keys."""

    def __init__(self) -> None:
        self.last_contacts: list[tuple[str, Instant]] = []
        self.stored: dict[str, Customer] = {}
        self.to_identify: list[str] = []
        """The keys of customers whom the relay sends to be identified."""

    def load(self, keys: Iterable[str]) -> dict[str, Customer]:
        return {key: self.stored[key] for key in keys if key in self.stored}

    def upsert(self, customer: Customer) -> Customer:
        upserted = self.upsert_unrelayed(customer)
        if upserted.has_new_identifiers:
            self.request_identification(upserted.customer)
        return upserted.customer

    def upsert_unrelayed(self, customer: Customer) -> Upserted:
        key = key_of_id(customer.id)
        if key not in self.stored:
            self.stored[key] = customer
            return Upserted(customer, has_identifiers(customer), is_repeated=False)
        before = self.stored[key]
        after = self.stored[key] = apply_update(before, customer)
        return (
            unchanged(before, customer)
            if after is before
            else Upserted(after, has_new_identifiers(before, after), False)
        )

    def request_identification(self, customer: Customer) -> None:
        self.to_identify.append(key_of_id(customer.id))

    def reserve_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        customer = self.stored[key]
        spent = customer.surveyed_at is not None and customer.surveyed_at > budget_start
        if spent or customer.survey == survey or customer.consent_withdrawn_at is not None:
            return customer
        self.stored[key] = replace(customer, surveyed_at=now, survey=survey)
        return None

    def release_survey(self, key: str, survey: str) -> None:
        if self.stored[key].survey == survey:
            self.stored[key] = replace(self.stored[key], surveyed_at=None, survey=None)

    def erase(self, shop: str, key: str, now: Instant) -> None:
        blank: dict[str, Any] = {
            "external_id": "",
            "name": None,
            "email": None,
            "phone": None,
            "language": None,
            "marketplace_ids": {},
            "care": (),
            "undeliverable": None,
            "segments": None,
        }
        self.stored[key] = replace(self.stored[key], erased_at=self.stored[key].erased_at or now, **blank)

    def set_consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer:
        customer = self.stored[key]
        if purpose not in customer.consents or customer.consents[purpose].at < consent.at:
            customer = replace(customer, consents=customer.consents | {purpose: consent})
            if purpose == "profiling" and consent.state == "withdrawn":
                customer = replace(customer, segments=None)
            if purpose == "surveys":
                customer = replace(customer, consent_withdrawn_at=consent.at if consent.state == "withdrawn" else None)
            self.stored[key] = customer
        return customer

    def set_legal_hold(self, key: str, since: Instant | None) -> Customer:
        self.stored[key] = replace(self.stored[key], held=since)
        return self.stored[key]

    def set_last_contact(self, shop: str, key: str, at: Instant) -> None:
        self.last_contacts.append((key, at))

    def set_undeliverable(self, key: str, address: str | None) -> None:
        if key in self.stored and self.stored[key].erased_at is None:
            self.stored[key] = replace(self.stored[key], undeliverable=address)

    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer:
        self.stored[key] = replace(self.stored[key], care=needs)
        return self.stored[key]


class FakeIdentities:
    """Identities of customers, their history, and the log of who read them."""

    def __init__(self, customers: FakeCustomers) -> None:
        self.customers = customers
        self.records: dict[tuple[str, Identifier], set[str]] = {}
        self.history: dict[str, list[CustomerEvent]] = {}
        self.accessed: list[tuple[str, str, str]] = []
        self.erasures: dict[str, Erasure] = {}

    def add_identifiers(self, shop: str, key: str, identifiers: Sequence[Identifier]) -> None:
        for by in identifiers:
            self.records.setdefault((shop, by), set()).add(key)

    def identified_by(self, shop: str, by: Identifier) -> list[str]:
        return sorted(self.records.get((shop, by), ()))

    def remove_identifier(self, shop: str, key: str, by: Identifier) -> None:
        self.records.get((shop, by), set()).discard(key)

    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None:
        top, below, stored = key_of_id(into.id), key_of_id(member.id), self.customers.stored
        if (stored[top].members, stored[top].root, stored[below].root) != (into.members, into.root, member.root):
            raise VersionConflict
        others = tuple(key for key in into.members if key != below)
        merged = event.type == "merged"
        stored[top] = replace(stored[top], members=(*others, below) if merged else others)
        apart = stored[below].apart if merged else tuple(sorted({*stored[below].apart, top}))
        stored[below] = replace(stored[below], root=top if merged else None, apart=apart)
        for key in (top, below):
            self.add_event(key, event)

    def add_event(self, key: str, event: CustomerEvent) -> None:
        others = [earlier for earlier in self.history.get(key, []) if earlier.id != event.id]
        self.history[key] = [*others, event]

    def events(self, key: str, limit: int, after: str | None) -> Page:
        return Page(self.history.get(key, [])[:limit])

    def save_erasure(self, erasure: Erasure) -> None:
        self.erasures[erasure.id] = erasure

    def load_erasure(self, identifier: str) -> Erasure | None:
        return self.erasures.get(identifier)

    def record_access(self, customers: list[str], by: str, what: str, now: Instant) -> None:
        self.accessed += [(key, by, what) for key in customers]

    def accesses(self, key: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("the table has the lists: see tests/integration")


class FakeVault:
    """Remembers which keys were destroyed."""

    def __init__(self) -> None:
        self.destroyed: list[str] = []

    def fingerprint(self, shop: str, text: str) -> str:
        return key_of("a shop's own key", shop, text) * 2

    def serves(self, shop: str) -> bool:
        return True

    def destroy(self, names: Iterable[str]) -> None:
        self.destroyed += names


class FakeHelpRequests:
    """Help requests by their keys."""

    def __init__(self) -> None:
        self.stored: dict[str, HelpRequest] = {}

    def add(self, request: HelpRequest) -> None:
        self.stored.setdefault(request.key, request)

    def load(self, key: str) -> HelpRequest | None:
        return self.stored.get(key)


class FakeExports:
    """Exports by their ids."""

    def __init__(self) -> None:
        self.stored: dict[str, Export] = {}

    def add(self, export: Export) -> None:
        self.stored[export.id] = export

    def load(self, identifier: str) -> Export | None:
        return self.stored.get(identifier)
