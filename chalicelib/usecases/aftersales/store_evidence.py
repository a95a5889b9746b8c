"""Take in what a customer uploaded: what it really is, without what it tells of a place, and kept with the case."""

from chalicelib.domain.aftersales.evidence import MAX_BYTES, MAX_PIECES, Place, kept_at, place_of
from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import EvidenceAdded, EvidenceRefused
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import ImageSanitizer, StoredCase
from chalicelib.usecases.ports.services import Services, shop_of


def store_evidence(services: Services, cleaner: ImageSanitizer, upload: str) -> EvidenceAdded | EvidenceRefused | None:
    """Check and keep an upload, once however often it is told of; the fact it comes to, None when it is gone or is
    nobody's."""
    place = place_of(upload)
    stored = services.cases.load(key_of_id(place.case)) if place else None
    if place is None or stored is None or stored.case is None or stored.case.shop != place.shop:
        services.uploads.remove(upload)
        return None
    data = services.uploads.read(upload, MAX_BYTES + 1)
    if data is None:
        return None
    shown = _shown(services, stored)
    if any(one.upload == place.name for one in shown):  # told of again, or sent again under the form it came by
        services.uploads.remove(upload)
        return None
    fact = _judged(services, cleaner, place, data, len(shown))
    _write_down(services, stored, fact)
    services.uploads.remove(upload)
    return fact


def _shown(services: Services, stored: StoredCase) -> list[EvidenceAdded | EvidenceRefused]:
    told = (one.fact for one in services.cases.events(stored.key))
    return [one for one in told if isinstance(one, EvidenceAdded | EvidenceRefused)]


def _judged(
    services: Services, cleaner: ImageSanitizer, place: Place, data: bytes, before: int
) -> EvidenceAdded | EvidenceRefused:
    if before >= MAX_PIECES:
        return EvidenceRefused(upload=place.name, reason="too_many")
    if not data or len(data) > MAX_BYTES:
        return EvidenceRefused(upload=place.name, reason="too_large" if data else "empty")
    kind = cleaner.kind_of(data)
    if kind not in place.types:
        return EvidenceRefused(upload=place.name, reason="unknown_type")
    clean = cleaner.cleaned(data, kind)
    if clean is None:
        return EvidenceRefused(upload=place.name, reason="broken")
    identifier = new_id(services.now(), key_of("evidence", place.shop, place.case, place.name))
    file = kept_at(place, key_of_id(identifier), kind)
    services.uploads.keep(file, clean, kind)
    return EvidenceAdded(upload=place.name, evidence=identifier, file=file, kind=kind, bytes=len(clean))


def _write_down(services: Services, stored: StoredCase, fact: EvidenceAdded | EvidenceRefused) -> None:
    at = services.now()

    def decide(now: StoredCase) -> list[Event]:
        assert now.case is not None
        if any(one.upload == fact.upload for one in _shown(services, stored)):
            return []
        by = Actor("customer", now.case.customer)
        return [events.event(at, by, fact, stored.key, "evidence", fact.upload)]

    assert stored.case is not None
    append_events(services, shop_of(services, stored.case.shop, fresh=False), stored.key, decide)
