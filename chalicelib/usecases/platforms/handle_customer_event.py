"""Act on what a platform tells of accounts: that two became one, that one is no more."""

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.platforms.events import AccountGone, PeopleMerged
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import root_of
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.upsert_customer import customer_key, meet
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Desk


def hear_merge(desk: Desk, shop: Shop, told: PeopleMerged, receipt: Receipt) -> str | None:
    """Two accounts are one person because the shop said so: the record of the one that is left stays on top."""
    if not told.done:
        return "the platform did not merge them"
    gone = _record(desk, shop, told.merged)
    if gone is None:
        return "nothing is known of the account that is no more"
    kept = _record(desk, shop, told.kept) or meet(desk, shop, CustomerIn(external_id=told.kept), receipt.received_at)
    into, member = root_of(desk, key_in(kept.id)) or kept, root_of(desk, key_in(gone.id)) or gone
    if into.id != member.id:
        merge(desk, into, member, Actor("shop", shop.id), f"merged on {receipt.source}")
    return None


def hear_account_gone(desk: Desk, shop: Shop, told: AccountGone, receipt: Receipt) -> str | None:
    """An account was closed. Whoever it was of is not forgotten by that: their orders stand at the shop, too."""
    known = _record(desk, shop, told.customer)
    if known is None:
        return "nothing is known of this account"
    event = CustomerEvent(
        id=new_id(receipt.received_at, key_of("account gone", receipt.id)),
        at=receipt.received_at,
        by=Actor("shop", shop.id),
        type="account_closed",
        shop=shop.id,
        data={"source": receipt.source},
    )
    desk.people.note(key_in(known.id), event)
    return "the account is closed; that somebody is to be forgotten is told otherwise"


def _record(desk: Desk, shop: Shop, external_id: str) -> Customer | None:
    key = customer_key(desk, shop.id, external_id)
    return desk.customers.load([key]).get(key)
