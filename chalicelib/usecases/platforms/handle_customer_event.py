"""Act on what a platform tells of accounts: that two became one, that one is no more."""

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.platforms.events import AccountDeleted, CustomersMerged
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services


def handle_customers_merged(services: Services, shop: Shop, told: CustomersMerged, receipt: Receipt) -> str | None:
    """Two accounts are one person because the shop said so: the record of the one that is left stays on top."""
    if not told.done:
        return "the platform did not merge them"
    gone = _record(services, shop, told.merged)
    if gone is None:
        return "nothing is known of the account that is no more"
    kept = _record(services, shop, told.kept) or upsert_customer(
        services, shop, CustomerIn(external_id=told.kept), receipt.received_at
    )
    into, member = main_record(services, key_of_id(kept.id)) or kept, main_record(services, key_of_id(gone.id)) or gone
    if into.id != member.id:
        merge(services, into, member, Actor("shop", shop.id), f"merged on {receipt.source}")
    return None


def handle_account_deleted(services: Services, shop: Shop, told: AccountDeleted, receipt: Receipt) -> str | None:
    """An account was closed. Whoever it was of is not forgotten by that: their orders stand at the shop, too."""
    known = _record(services, shop, told.customer)
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
    services.identities.add_event(key_of_id(known.id), event)
    return "the account is closed; that somebody is to be forgotten is told otherwise"


def _record(services: Services, shop: Shop, external_id: str) -> Customer | None:
    key = customer_key(services, shop.id, external_id)
    return services.customers.load([key]).get(key)
