"""Whose data a delivery is: its receipt is sealed with that person's key."""

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.intake.understand import Understood
from chalicelib.usecases.ports import NOBODY, Receipt
from chalicelib.usecases.ports.services import Services


def data_owner(services: Services, receipt: Receipt, understood: Understood | None) -> str:
    """The key of the person whom a delivery is about, as its handler finds it. Deliveries that are about nobody who is
    known, or were not understood, are sealed with the key of their day."""
    owner = understood.handler.owner if understood is not None else None
    key = owner(services, receipt, understood.message.data) if owner and understood else None
    return f"{NOBODY}{receipt.received_at // DAY_MS}" if key is None else key
