"""Customers, their keys and what they asked for, in memory."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.customer import Customer, CustomerEvent, apply_update
from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.customers.segments import Need
from chalicelib.domain.kernel.ids import key_of, key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.portal.help_request import HelpRequest
from chalicelib.domain.privacy.erasure import Erasure
from chalicelib.domain.privacy.export import Export
from chalicelib.usecases.ports import Page, VersionConflict


class FakeCustomers:
    def __init__(self) -> None:
        self.heard: list[tuple[str, Instant]] = []
        self.kept: dict[str, Customer] = {}

    def load(self, keys: Iterable[str]) -> dict[str, Customer]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def upsert(self, customer: Customer) -> Customer:
        known = self.kept.get(key_of_id(customer.id), customer)
        self.kept[key_of_id(customer.id)] = apply_update(known, customer)
        return self.kept[key_of_id(customer.id)]

    def reserve_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        known = self.kept[key]
        spent = known.surveyed_at is not None and known.surveyed_at > budget_start
        if spent or known.survey == survey or known.consent_withdrawn_at is not None:
            return known
        self.kept[key] = replace(known, surveyed_at=now, survey=survey)
        return None

    def release_survey(self, key: str, survey: str) -> None:
        if self.kept[key].survey == survey:
            self.kept[key] = replace(self.kept[key], surveyed_at=None, survey=None)

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
        self.kept[key] = replace(self.kept[key], erased_at=self.kept[key].erased_at or now, **blank)

    def set_consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer:
        known = self.kept[key]
        if purpose not in known.consents or known.consents[purpose].at < consent.at:
            known = replace(known, consents=known.consents | {purpose: consent})
            if purpose == "profiling" and consent.state == "withdrawn":
                known = replace(known, segments=None)
            if purpose == "surveys":
                known = replace(known, consent_withdrawn_at=consent.at if consent.state == "withdrawn" else None)
            self.kept[key] = known
        return known

    def set_legal_hold(self, key: str, since: Instant | None) -> Customer:
        self.kept[key] = replace(self.kept[key], held=since)
        return self.kept[key]

    def set_last_contact(self, shop: str, key: str, at: Instant) -> None:
        self.heard.append((key, at))

    def set_undeliverable(self, key: str, address: str | None) -> None:
        if key in self.kept and self.kept[key].erased_at is None:
            self.kept[key] = replace(self.kept[key], undeliverable=address)

    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer:
        self.kept[key] = replace(self.kept[key], care=needs)
        return self.kept[key]


class FakePeople:
    def __init__(self, customers: FakeCustomers) -> None:
        self.customers = customers
        self.known: dict[tuple[str, Identifier], set[str]] = {}
        self.told: dict[str, list[CustomerEvent]] = {}
        self.read: list[tuple[str, str, str]] = []
        self.erasures: dict[str, Erasure] = {}

    def add_identifier(self, shop: str, key: str, by: Identifier) -> None:
        self.known.setdefault((shop, by), set()).add(key)

    def identified_by(self, shop: str, by: Identifier) -> list[str]:
        return sorted(self.known.get((shop, by), ()))

    def remove_identifier(self, shop: str, key: str, by: Identifier) -> None:
        self.known.get((shop, by), set()).discard(key)

    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None:
        top, below, kept = key_of_id(into.id), key_of_id(member.id), self.customers.kept
        if (kept[top].members, kept[top].root, kept[below].root) != (into.members, into.root, member.root):
            raise VersionConflict
        others = tuple(key for key in into.members if key != below)
        merged = event.type == "merged"
        kept[top] = replace(kept[top], members=(*others, below) if merged else others)
        apart = kept[below].apart if merged else tuple(sorted({*kept[below].apart, top}))
        kept[below] = replace(kept[below], root=top if merged else None, apart=apart)
        for key in (top, below):
            self.add_event(key, event)

    def add_event(self, key: str, event: CustomerEvent) -> None:
        others = [one for one in self.told.get(key, []) if one.id != event.id]
        self.told[key] = [*others, event]

    def events(self, key: str, limit: int, after: str | None) -> Page:
        return Page(self.told.get(key, [])[:limit])

    def save_erasure(self, erasure: Erasure) -> None:
        self.erasures[erasure.id] = erasure

    def load_erasure(self, identifier: str) -> Erasure | None:
        return self.erasures.get(identifier)

    def record_access(self, customers: list[str], by: str, what: str, now: Instant) -> None:
        self.read += [(key, by, what) for key in customers]

    def accesses(self, key: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("lists are the table's business: tests/integration")


class FakeVault:
    def __init__(self) -> None:
        self.destroyed: list[str] = []

    def fingerprint(self, shop: str, text: str) -> str:
        return key_of("a shop's own key", shop, text) * 2

    def destroy(self, names: Iterable[str]) -> None:
        self.destroyed += names


class FakeHelps:
    def __init__(self) -> None:
        self.kept: dict[str, HelpRequest] = {}

    def add(self, request: HelpRequest) -> None:
        self.kept.setdefault(request.key, request)

    def load(self, key: str) -> HelpRequest | None:
        return self.kept.get(key)


class FakeExports:
    def __init__(self) -> None:
        self.kept: dict[str, Export] = {}

    def add(self, export: Export) -> None:
        self.kept[export.id] = export

    def load(self, identifier: str) -> Export | None:
        return self.kept.get(identifier)
