"""Handle an email that belongs to a side conversation: add it there, and its files beside it."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.side_conversations.facts import SideMessageReceived
from chalicelib.usecases.customers.linked_records import was_erased_since
from chalicelib.usecases.email.authored_email import AuthoredEmail
from chalicelib.usecases.email.side.append_side_email import append_side_email
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.side_conversations.read_sides import file_path

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.email.side.append_side_email import AppendSideEmailServices
    from chalicelib.usecases.ports.services import HasUploads

    class HandleSideEmailServices(AppendSideEmailServices, HasUploads, Protocol):
        """The services that `handle_side_email` uses."""


def handle_side_email(
    services: "HandleSideEmailServices",
    shop: Shop,
    before: StoredCase,
    received: EmailReceived,
    authored: AuthoredEmail,
) -> str:
    """Add an email to the side conversation that it names; the id of its case."""
    stored, event = append_side_email(services, shop, before, received.side, authored)
    assert stored.case is not None
    _move_files(services, stored.case, received.files, authored.key, event)
    if was_erased_since(services, key_of_id(stored.case.customer), authored.receipt.received_at):
        services.uploads.remove_below(f"mails/{shop.id}/{stored.case.id}/{authored.key}")
    return stored.case.id


def _move_files(services: "HandleSideEmailServices", case: Case, folder: str, key: str, event: Event) -> None:
    """Move the email and its files to the emails of its case, and never to its evidence, which customers see. If
    another copy of the email made the event, they are there already."""
    fact = event.fact
    if isinstance(fact, SideMessageReceived) and fact.mail is not None and fact.mail.letter == key:
        for place in range(len(fact.files)):
            services.uploads.move(f"{folder}/{place}", file_path(case, key, place))
        services.uploads.move(f"{folder}/letter.eml", f"mails/{case.shop}/{case.id}/{key}.eml")
        services.uploads.move(f"{folder}/letter.json", f"mails/{case.shop}/{case.id}/{key}.json")
    services.uploads.remove_below(f"{folder}/")
