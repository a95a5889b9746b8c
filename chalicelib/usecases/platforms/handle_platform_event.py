"""Act on what a platform tells: returns, disputes and people, each in a module of its own; what it told too little of
is asked for."""

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.platforms.events import (
    AccountGone,
    Changed,
    DisputeTold,
    PeopleMerged,
    PersonTold,
    ReturnTold,
    SentBack,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import meet
from chalicelib.usecases.orders.record_order import keep_order
from chalicelib.usecases.platforms.handle_customer_event import hear_account_gone, hear_merge
from chalicelib.usecases.platforms.handle_dispute import hear_dispute
from chalicelib.usecases.platforms.handle_return import hear_asked_return, hear_return, hear_sent_back
from chalicelib.usecases.platforms.open_platform_case import asked_of
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Desk

Heard = tuple[str | None, str | None]
"""The id of the case it is about, if it is about one; and why less followed than was told, if so."""


Told = ReturnTold | SentBack | DisputeTold | Changed | PersonTold | PeopleMerged | AccountGone


def hear_platform(desk: Desk, shop: Shop, data: Told, receipt: Receipt) -> Heard:
    """Carry out what the platform told. `Later` when the platform must be asked and does not answer; NotFound when it
    cannot be asked, or does not know. Other errors say what is to be decided first."""
    if isinstance(data, Changed):
        return _ask(desk, shop, data, receipt)
    if isinstance(data, ReturnTold):
        return hear_return(desk, shop, data, receipt)
    if isinstance(data, SentBack):
        return hear_sent_back(desk, shop, data, receipt), None
    if isinstance(data, DisputeTold):
        return hear_dispute(desk, shop, data, receipt), None
    return None, _of_people(desk, shop, data, receipt)


def _of_people(desk: Desk, shop: Shop, data: PersonTold | PeopleMerged | AccountGone, receipt: Receipt) -> str | None:
    if isinstance(data, PersonTold):
        meet(desk, shop, data.customer, min(data.at or receipt.received_at, receipt.received_at))
        return None
    if isinstance(data, PeopleMerged):
        return hear_merge(desk, shop, data, receipt)
    return hear_account_gone(desk, shop, data, receipt)


def _ask(desk: Desk, shop: Shop, data: Changed, receipt: Receipt) -> Heard:
    """Ask for what changed, and hear it as if it had been told."""
    source = asked_of(receipt)
    if data.what == "return":
        returned = desk.platforms.returned(shop.id, source, data.id)
        if returned is not None:
            return hear_asked_return(desk, shop, returned, receipt), None
    else:
        order = desk.platforms.order(shop.id, source, data.id)
        if order is not None:
            keep_order(desk, shop, order, desk.now())
            return None, None
    raise NotFound(f"The {data.what} {data.id} must be asked of the platform: it cannot be, or the platform has none.")
