"""Record a customer's consent: as an event, and on their record. It takes effect at once."""

from typing import TYPE_CHECKING

from chalicelib.domain.customers.consents import Consent, ConsentIn, Purpose
from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import MAX_AHEAD, Instant, format_instant, from_datetime
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.customers.record_care_needs import set_care

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasCustomers, HasIdentities

    class RecordConsentServices(HasClock, HasCustomers, HasIdentities, Protocol):
        """The services that `record_consent` uses."""


def record_consent(services: "RecordConsentServices", customer: Customer, body: ConsentIn, by: Actor) -> Customer:
    """Record a consent that was given or withdrawn, unless a later one is stored; the main record as stored then.
    Recording it twice stores it once. Invalid when its time is before 1970 or more than a day in the future."""
    now = services.now()
    claimed_at = from_datetime(body.occurred_at) if body.occurred_at else now
    if not 0 <= claimed_at <= now + MAX_AHEAD:
        raise invalid("occurred_at", "lies before 1970 or more than a day in the future")
    occurred_at = min(claimed_at, now)
    stored = customer.consents.get(body.purpose)
    if stored is not None and occurred_at == now <= stored.at and stored.state != body.state:
        # the later of two opposite decisions takes effect, even if both have the same time or one is in the future
        occurred_at = stored.at + 1
    consent = Consent(state=body.state, at=occurred_at, source=body.source, text_version=body.text_version)
    ahead = claimed_at if claimed_at > now else None
    return write_consent(services, key_of_id(customer.id), body.purpose, consent, by, ahead)


def write_consent(
    services: "RecordConsentServices",
    key: str,
    purpose: Purpose,
    consent: Consent,
    by: Actor,
    claimed_at: Instant | None = None,
) -> Customer:
    """As `record_consent`, for the customer whose record has this key. `claimed_at`: the future time that was claimed,
    if it was one."""
    root = main_record(services, key)
    assert root is not None
    event = CustomerEvent(
        id=new_id(consent.at, key_of(root.id, purpose, consent.state, consent.text_version, str(consent.at))),
        at=consent.at,
        by=by,
        shop=root.shop,
        type="consent_given" if consent.state == "given" else "consent_withdrawn",
        data={"purpose": purpose, "text_version": consent.text_version, "source": consent.source}
        | ({"claimed_at": format_instant(claimed_at)} if claimed_at is not None else {}),
    )
    services.identities.add_event(key_of_id(root.id), event)
    if purpose == "profiling":  # every record stores it, so that a record that is unmerged later has it as well
        for member_key in keys_of(linked_records(services, root))[1:]:
            services.customers.set_consent(member_key, purpose, consent)
    stored = services.customers.set_consent(key_of_id(root.id), purpose, consent)
    if purpose == "care" and stored.care and stored.consents["care"].state == "withdrawn":
        return set_care(services, stored, ())
    return stored
