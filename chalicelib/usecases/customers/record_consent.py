"""Write down what a person allows, in the ledger and on their record; it holds at once."""

from chalicelib.domain.customers.consents import Consent, ConsentIn, Purpose
from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import MAX_AHEAD, Instant, format_instant, from_datetime
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.customers.record_care_needs import set_care
from chalicelib.usecases.ports.services import Services


def record_consent(services: Services, customer: Customer, told: ConsentIn, by: Actor) -> Customer:
    """The person with this word on a purpose, unless a later one was told before. Told twice it is written once."""
    now = services.now()
    claimed = from_datetime(told.occurred_at) if told.occurred_at else now
    if not 0 <= claimed <= now + MAX_AHEAD:
        raise invalid("occurred_at", "lies before 1970 or more than a day in the future")
    at = min(claimed, now)
    known = customer.consents.get(told.purpose)
    if known is not None and at == now <= known.at and known.state != told.state:
        at = known.at + 1  # of two words heard at one moment, or one that was kept as lying ahead, the latter holds
    consent = Consent(state=told.state, at=at, source=told.source, text_version=told.text_version)
    return write_consent(
        services, key_of_id(customer.id), told.purpose, consent, by, claimed if claimed > now else None
    )


def write_consent(
    services: Services, key: str, purpose: Purpose, consent: Consent, by: Actor, claimed: Instant | None = None
) -> Customer:
    """As `keep_consent`, for the person this record belongs to. `claimed`: a time ahead that was told."""
    root = main_record(services, key)
    assert root is not None
    event = CustomerEvent(
        id=new_id(consent.at, key_of(root.id, purpose, consent.state, consent.text_version, str(consent.at))),
        at=consent.at,
        by=by,
        shop=root.shop,
        type="consent_given" if consent.state == "given" else "consent_withdrawn",
        data={"purpose": purpose, "text_version": consent.text_version, "source": consent.source}
        | ({"claimed_at": format_instant(claimed)} if claimed is not None else {}),
    )
    services.identities.note(key_of_id(root.id), event)
    if purpose == "profiling":  # every record holds it: a record that is taken out of the person again holds it, too
        for key in keys_of(linked_records(services, root))[1:]:
            services.customers.consent(key, purpose, consent)
    kept = services.customers.consent(key_of_id(root.id), purpose, consent)
    if purpose == "care" and kept.care and kept.consents["care"].state == "withdrawn":
        return set_care(services, kept, ())
    return kept
