"""The intake handlers of platform events: returns, disputes, customers, and changes whose details must be fetched."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.platforms.case_ids import dispute_case_id, return_case_id
from chalicelib.domain.platforms.events import (
    AccountDeleted,
    ChangeNotice,
    CustomersMerged,
    PlatformCustomer,
    PlatformDispute,
    PlatformReturn,
    ReturnShipped,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.orders.owner_of_order import owner_of_order
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _owner_of_order(services: "Services", receipt: Receipt, data: PlatformReturn | PlatformDispute) -> str | None:
    return owner_of_order(services, receipt, data.order)


def _owner_of_change(services: "Services", receipt: Receipt, data: ChangeNotice) -> str | None:
    return owner_of_order(services, receipt, data.id if data.what == "order" else None)


def _owner_of_account(services: "Services", receipt: Receipt, data: PlatformCustomer) -> str:
    return customer_key(services, receipt.shop, data.customer.external_id)


def _owner_of_merged_account(services: "Services", receipt: Receipt, data: CustomersMerged) -> str:
    return customer_key(services, receipt.shop, data.merged)


def _owner_of_deleted_account(services: "Services", receipt: Receipt, data: AccountDeleted) -> str:
    return customer_key(services, receipt.shop, data.customer)


def _case_of_return(source: Origin, data: PlatformReturn) -> str:
    return return_case_id(source, data.id)


def _case_of_parcel(source: Origin, data: ReturnShipped) -> str:
    return return_case_id(source, data.returned)


def _case_of_dispute(source: Origin, data: PlatformDispute) -> str:
    return dispute_case_id(source, data.id)


def _handle_return(services: "Services", shop: Shop, data: PlatformReturn, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.platforms.handle_return import handle_return

    case, reason = handle_return(services, shop, data, incoming.receipt)
    return Outcome("processed", case, reason)


def _handle_parcel(services: "Services", shop: Shop, data: ReturnShipped, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.platforms.handle_return import handle_return_shipped

    return Outcome("processed", handle_return_shipped(services, shop, data, incoming.receipt))


def _handle_dispute(services: "Services", shop: Shop, data: PlatformDispute, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.platforms.handle_dispute import handle_dispute

    return Outcome("processed", handle_dispute(services, shop, data, incoming.receipt))


def _handle_change(services: "Services", shop: Shop, data: ChangeNotice, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.platforms.fetch_change import fetch_change

    return Outcome("processed", fetch_change(services, shop, data, incoming.receipt))


def _handle_account(services: "Services", shop: Shop, data: PlatformCustomer, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.customers.upsert_identified import note_contact, upsert_identified

    now = incoming.receipt.received_at
    note_contact(services, upsert_identified(services, shop, data.customer, min(data.at or now, now)))
    return Outcome("processed")


def _handle_merged(services: "Services", shop: Shop, data: CustomersMerged, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.platforms.handle_customer_event import handle_customers_merged

    return Outcome("processed", reason=handle_customers_merged(services, shop, data, incoming.receipt))


def _handle_deleted(services: "Services", shop: Shop, data: AccountDeleted, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.platforms.handle_customer_event import handle_account_deleted

    return Outcome("processed", reason=handle_account_deleted(services, shop, data, incoming.receipt))


INTAKE: IntakeTable = (
    IntakeHandler(data=PlatformReturn, handle=_handle_return, owner=_owner_of_order, case=_case_of_return, opens=True),
    IntakeHandler(data=ReturnShipped, handle=_handle_parcel, case=_case_of_parcel, opens=True),
    IntakeHandler(
        data=PlatformDispute, handle=_handle_dispute, owner=_owner_of_order, case=_case_of_dispute, opens=True
    ),
    IntakeHandler(data=ChangeNotice, handle=_handle_change, owner=_owner_of_change, opens=True),
    IntakeHandler(data=PlatformCustomer, handle=_handle_account, owner=_owner_of_account),
    IntakeHandler(data=CustomersMerged, handle=_handle_merged, owner=_owner_of_merged_account),
    IntakeHandler(data=AccountDeleted, handle=_handle_deleted, owner=_owner_of_deleted_account),
)
