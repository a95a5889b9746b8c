"""Store a customer's upload with its case: its real type is checked, and location data is removed from pictures."""

from typing import TYPE_CHECKING

from chalicelib.domain.aftersales.evidence import MAX_BYTES, MAX_PIECES, Place, kept_at, place_of
from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import EvidenceAdded, EvidenceRefused
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.customers.linked_records import was_erased_since
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.files import ImageSanitizer
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasCustomers, HasRegistries, HasShops, HasUploads

    class StoreEvidenceServices(HasCases, HasClock, HasCustomers, HasRegistries, HasShops, HasUploads, Protocol):
        """The services that `store_evidence` uses."""


UPLOAD_MS = MINUTE_MS
"""How long ago a file may have been uploaded that is reported now: if its customer was erased since, it is removed."""


def store_evidence(
    services: "StoreEvidenceServices", sanitizer: ImageSanitizer, upload: str
) -> EvidenceAdded | EvidenceRefused | None:
    """Check and store an upload, once however often it is reported; the recorded fact. None when the file is gone, was
    recorded before, or belongs to no case."""
    started_at, place = services.now(), place_of(upload)
    stored = services.cases.load(key_of_id(place.case)) if place else None
    if place is None or stored is None or stored.case is None or stored.case.shop != place.shop:
        services.uploads.remove(upload)
        return None
    data = services.uploads.read(upload, MAX_BYTES + 1)
    if data is None:
        return None
    recorded = _recorded_evidence(services, stored)
    if any(fact.upload == place.name for fact in recorded):  # reported again, or sent again by the same form
        services.uploads.remove(upload)
        return None
    fact = _check_and_save(services, sanitizer, place, data, len(recorded))
    _record(services, stored, fact)
    services.uploads.remove(upload)
    is_erased = was_erased_since(services, key_of_id(stored.case.customer), started_at - UPLOAD_MS)
    if is_erased and isinstance(fact, EvidenceAdded):
        services.uploads.remove(fact.file)
    return fact


def _recorded_evidence(services: "StoreEvidenceServices", stored: StoredCase) -> list[EvidenceAdded | EvidenceRefused]:
    facts = (event.fact for event in services.cases.events_to_fold(stored))
    return [fact for fact in facts if isinstance(fact, EvidenceAdded | EvidenceRefused)]


def _check_and_save(
    services: "StoreEvidenceServices", sanitizer: ImageSanitizer, place: Place, data: bytes, recorded: int
) -> EvidenceAdded | EvidenceRefused:
    if recorded >= MAX_PIECES:
        return EvidenceRefused(upload=place.name, reason="too_many")
    if not data or len(data) > MAX_BYTES:
        return EvidenceRefused(upload=place.name, reason="too_large" if data else "empty")
    kind = sanitizer.detect_type(data)
    if kind not in place.types:
        return EvidenceRefused(upload=place.name, reason="unknown_type")
    clean = sanitizer.sanitize(data, kind)
    if clean is None:
        return EvidenceRefused(upload=place.name, reason="broken")
    identifier = new_id(services.now(), key_of("evidence", place.shop, place.case, place.name))
    file = kept_at(place, key_of_id(identifier), kind)
    services.uploads.save(file, clean, kind)
    return EvidenceAdded(upload=place.name, evidence=identifier, file=file, kind=kind, bytes=len(clean))


def _record(services: "StoreEvidenceServices", stored: StoredCase, fact: EvidenceAdded | EvidenceRefused) -> None:
    occurred_at = services.now()

    def decide(current: StoredCase) -> list[Event]:
        assert current.case is not None
        if any(recorded.upload == fact.upload for recorded in _recorded_evidence(services, current)):
            return []
        customer = Actor("customer", current.case.customer)
        return [events.event(occurred_at, customer, fact, stored.key, "evidence", fact.upload)]

    assert stored.case is not None
    shop = shop_of(services, stored.case.shop, fresh=False)
    append_events(services, shop, stored.key, decide, Conditions(seen=stored))
