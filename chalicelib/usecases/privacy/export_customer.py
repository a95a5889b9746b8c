"""All that is held of a person, sent to themselves: a link goes to their own address, and to no other."""

from collections.abc import Callable
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.cases.events import Event
from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Expired
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.privacy.export import LASTS, Export
from chalicelib.usecases.cases.read_case import CaseFile, open_files
from chalicelib.usecases.customers.linked_records import everything, keys_of, linked_records, main_record
from chalicelib.usecases.notifications.send_email import compose, send_once
from chalicelib.usecases.notifications.signed_links import export_link, read_export_token
from chalicelib.usecases.ports.services import Services, shop_of

PAGE = 100


class Held(Struct, frozen=True):
    """Everything that is held of a person."""

    records: list[Customer]
    cases: list[tuple[CaseFile, list[Event]]]
    orders: list[OrderRecord]
    happened: list[CustomerEvent]


Write = Callable[[Held, bool], bytes]
"""Writes it down, with what staff wrote among themselves or without."""


def ask_for_export(services: Services, customer: Customer, by: Actor, notes: bool = False) -> Export:
    """Have an export made and its link sent; `notes` as in `Export`. Conflict when no address of the person is known,
    or several are."""
    root = main_record(services, key_of_id(customer.id)) or customer
    _only_address(linked_records(services, root))
    now = services.now()
    asked = Export(
        id=new_id(now, key_of(str(uuid4()))), shop=root.shop, customer=root.id, until=now + LASTS, notes=notes
    )
    services.exports.add(asked)
    data = {"export": asked.id, "notes": notes}
    event = CustomerEvent(id=asked.id, at=now, by=by, type="exported", shop=root.shop, data=data)
    services.identities.note(key_of_id(root.id), event)
    return asked


def make_export(services: Services, identifier: str, write: Write) -> str:
    """Gather, keep and announce an export that was asked for; what became of its mail."""
    live = _live(services, identifier)
    if live is None:
        return "over"
    asked, root = live
    family, shop = linked_records(services, root), shop_of(services, asked.shop, fresh=False)
    try:
        address = _only_address(family)
    except Conflict:  # records were merged since it was asked for
        return "no one address"
    services.uploads.keep(asked.file, write(gather(services, family), asked.notes), "application/json")
    values = {"shop": shop.name, "name": root.name or "", "link": export_link(services, shop, asked.id)}
    mail = compose(services, shop, "export", root.language or shop.locale, address, values)
    return send_once(services, f"export#{asked.id}", mail)


def gather(services: Services, family: list[Customer]) -> Held:
    """Everything that is held of a person."""
    shop, keys = family[0].shop, keys_of(family)
    stored = list(everything(keys, lambda key, after: services.cases.find(shop, None, None, key, PAGE, after)))
    files = open_files(services, stored)
    cases = [(file, services.cases.events(one.key)) for file, one in zip(files, stored, strict=True)]
    orders = everything(keys, lambda key, after: services.order_records.of_customer(shop, key, PAGE, after))
    happened = everything(keys, lambda key, after: services.identities.events(key, PAGE, after))
    return Held(family, cases, list(orders), list(happened))


def fetch_export(services: Services, token: str) -> str:
    """The address, for five minutes, of what a link stands for. Expired after its days, or when they were forgotten."""
    live = _live(services, read_export_token(services, token))
    if live is None:
        raise Expired("This link is over. Please ask again.")
    return services.uploads.link(live[0].file)


def _live(services: Services, identifier: str) -> tuple[Export, Customer] | None:
    """An export whose time is not over, and whose person was not forgotten."""
    asked = services.exports.load(identifier)
    root = main_record(services, key_of_id(asked.customer)) if asked else None
    if asked is None or root is None or root.erased_at is not None or asked.until <= services.now():
        return None
    return asked, root


def _only_address(family: list[Customer]) -> str:
    """The one address of a person. Conflict when there is none, or more than one: of whom is it certain then that all
    of it is theirs?"""
    found = {mail_of(one.email): one.email for one in family if one.email}
    if len(found) != 1:
        why = "No address of this person is known" if not found else "Records of several addresses were merged"
        raise Conflict(f"{why}: there is nobody of whom it is certain that all of it is theirs.")
    return next(iter(found.values()))
