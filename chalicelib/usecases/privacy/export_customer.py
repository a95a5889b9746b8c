"""Export all personal data of a customer: the link goes to the customer's own email address, and to no other."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.cases.events import Event
from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Expired
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.privacy.export import LINK_LIFETIME_MS, Export
from chalicelib.usecases.cases.read_case import CaseFile, load_case_files
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record, read_all
from chalicelib.usecases.notifications.send_email import Draft, compose, send_once
from chalicelib.usecases.notifications.signed_links import export_link, read_export_token
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasExports,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
    )

    class ExportCustomerServices(
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasExports,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        Protocol,
    ):
        """The services that `export_customer` uses."""


PAGE = 100


class PersonalData(Struct, frozen=True):
    """All data that is stored about a customer. `happened`: the events of their records."""

    records: list[Customer]
    cases: list[tuple[CaseFile, list[Event]]]
    orders: list[OrderRecord]
    happened: list[CustomerEvent]


WriteExport = Callable[[PersonalData, bool], bytes]
"""Writes the file of an export, with staff's internal notes (True) or without."""


def request_export(services: "ExportCustomerServices", customer: Customer, by: Actor, notes: bool = False) -> Export:
    """Have an export made and its link sent; `notes` as in `Export`. Conflict unless exactly one email address of the
    customer is known."""
    root = main_record(services, key_of_id(customer.id)) or customer
    _only_address(linked_records(services, root))
    now = services.now()
    export = Export(
        id=new_id(now, key_of(str(uuid4()))),
        shop=root.shop,
        customer=root.id,
        until=now + LINK_LIFETIME_MS,
        notes=notes,
    )
    services.exports.add(export)
    data = {"export": export.id, "notes": notes}
    event = CustomerEvent(id=export.id, at=now, by=by, type="exported", shop=root.shop, data=data)
    services.identities.add_event(key_of_id(root.id), event)
    return export


def make_export(services: "ExportCustomerServices", identifier: str, write: WriteExport) -> str:
    """Collect the data of a requested export, save its file and send its link. Returns the outcome of the email."""
    valid = _load_valid(services, identifier)
    if valid is None:
        return "over"
    export, root = valid
    records = linked_records(services, root)
    shop = shop_of(services, export.shop, fresh=False)
    try:
        address = _only_address(records)
    except Conflict:  # records were merged since the request
        return "no one address"
    data = collect_personal_data(services, records)
    services.uploads.save(export.file, write(data, export.notes), "application/json")
    values = {"shop": shop.name, "name": root.name or "", "link": export_link(services, shop, export.id)}
    draft = Draft(name="export", language=root.language or shop.locale, to=address, values=values)
    return send_once(services, f"export#{export.id}", compose(services, shop, draft))


def collect_personal_data(services: "ExportCustomerServices", records: list[Customer]) -> PersonalData:
    """All data that is stored about the customer with these records."""
    shop = records[0].shop
    keys = keys_of(records)
    stored_cases = list(read_all(keys, lambda key, after: services.cases.find(shop, None, None, key, PAGE, after)))
    files = load_case_files(services, stored_cases)
    cases = [(file, services.cases.events(stored.key)) for file, stored in zip(files, stored_cases, strict=True)]
    orders = read_all(keys, lambda key, after: services.order_records.of_customer(shop, key, PAGE, after))
    happened = read_all(keys, lambda key, after: services.identities.events(key, PAGE, after))
    return PersonalData(records, cases, list(orders), list(happened))


def fetch_export(services: "ExportCustomerServices", token: str) -> str:
    """The URL of the file of an export's link, for five minutes. Expired when the link has expired, or the customer was
    erased."""
    valid = _load_valid(services, read_export_token(services, token))
    if valid is None:
        raise Expired("This link is over. Please ask again.")
    export, _ = valid
    return services.uploads.sign_link(export.file)


def _load_valid(services: "ExportCustomerServices", identifier: str) -> tuple[Export, Customer] | None:
    """An export that has not expired, with its customer; None for another, or when the customer was erased."""
    export = services.exports.load(identifier)
    root = main_record(services, key_of_id(export.customer)) if export else None
    if export is None or root is None or root.erased_at is not None or export.until <= services.now():
        return None
    return export, root


def _only_address(records: list[Customer]) -> str:
    """The only email address of a customer. Conflict when there is none or several: then it is not certain that all of
    the data belongs to the person at one of them."""
    addresses = {mail_of(record.email): record.email for record in records if record.email}
    if len(addresses) != 1:
        why = "No address of this person is known" if not addresses else "Records of several addresses were merged"
        raise Conflict(f"{why}: it is not certain who may receive this data.")
    return next(iter(addresses.values()))
