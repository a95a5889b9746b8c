"""Go on with a platform's request to erase a person whose data, the request's own among them, are erased already."""

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.intake import Outcome
from chalicelib.usecases.ports.services import Services
from chalicelib.usecases.privacy.erase_customer import erase_customer, resume_erasure
from chalicelib.usecases.privacy.handle_privacy_request import in_words

REDACTION = "customers/redact"
"""The topic whose deliveries are sealed with the key of the person whom they have erased."""


def resume_redaction(services: Services, receipt: Receipt) -> Outcome:
    """Bring the erasure that this receipt asked for to its end, however often it was begun."""
    try:
        begun = resume_erasure(services, receipt.id)
        if begun is not None:
            return Outcome("processed", reason=in_words(begun.doubtful))
        _erase_owner(services, receipt)
    except Held as held:
        return Outcome("failed", reason=str(held))
    return Outcome("processed")


def _erase_owner(services: Services, receipt: Receipt) -> None:
    """Go on with an erasure that was begun before erasures were written down."""
    known = services.customers.load([receipt.whose]).get(receipt.whose)
    if known is not None:
        erase_customer(services, known, Actor("shop", receipt.shop))
