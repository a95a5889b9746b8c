"""Complete a platform's request to erase a customer when the data of the request itself has been erased with them."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.usecases.ports.intake import Outcome, Receipt
from chalicelib.usecases.privacy.erase_customer import erase_customer, resume_erasure
from chalicelib.usecases.privacy.handle_privacy_request import in_words

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.privacy.erase_customer import EraseCustomerServices

    class ResumeRedactionServices(EraseCustomerServices, Protocol):
        """The services that `resume_redaction` uses."""


REDACTION = "customers/redact"
"""The topic of webhooks that are encrypted with the key of the customer whom they erase."""


def resume_redaction(services: "ResumeRedactionServices", receipt: Receipt) -> Outcome:
    """Complete the erasure that this receipt requested, however often it was started."""
    try:
        erasure = resume_erasure(services, receipt.id)
        if erasure is not None:
            return Outcome("processed", reason=in_words(erasure.doubtful))
        _erase_owner(services, receipt)
    except Held as held:
        return Outcome("failed", reason=str(held))
    return Outcome("processed")


def _erase_owner(services: "ResumeRedactionServices", receipt: Receipt) -> None:
    """Complete an erasure that was started by an earlier version, which did not store erasures."""
    customer = services.customers.load([receipt.whose]).get(receipt.whose)
    if customer is not None:
        erase_customer(services, customer, Actor("shop", receipt.shop))
