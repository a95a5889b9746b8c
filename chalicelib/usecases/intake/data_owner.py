"""Find out whose data a message is: its receipt is encrypted with that person's key."""

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.intake.understand import Understood
from chalicelib.usecases.ports import NOBODY, Receipt
from chalicelib.usecases.ports.services import Services


def data_owner(services: Services, receipt: Receipt, understood: Understood | None) -> str:
    """The name of the key of the person the message is about, as its handler determines it. A message that could not be
    read, or is about no known person, is encrypted with the key of its day."""
    owner = understood.handler.owner if understood is not None else None
    key = owner(services, receipt, understood.message.data) if owner and understood else None
    return f"{NOBODY}{receipt.received_at // DAY_MS}" if key is None else key
