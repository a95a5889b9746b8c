"""An inbound email together with its author, which is known once its case has been loaded."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.facts import Author, MailRef
from chalicelib.domain.email.authorship import ShopAddresses, Writer, copied_addresses, find_writer, shop_addresses
from chalicelib.domain.email.inbound_email import EmailReceived, InboundEmail
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.author import AuthorKind, agent_with_address, author_kind_of
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasCustomers, HasInboundDomain, HasThreads

    class AuthoredEmailServices(HasAgents, HasCases, HasCustomers, HasInboundDomain, HasThreads, Protocol):
        """The services that `authored_email` uses."""


AUTHORS: dict[AuthorKind, Author] = {
    "customer": "customer",
    "staff": "staff",
    "shop": "shop",
    "third_party": "third_party",
    "machine": "third_party",
}


class AuthoredEmail(Struct, frozen=True, kw_only=True):
    """An inbound email and who wrote it."""

    email: InboundEmail
    key: str
    """The key of its receipt."""
    writer: Writer
    shop_addresses: ShopAddresses
    author: AuthorKind
    receipt: Receipt
    addressed: bool
    """It was sent to its case's own address."""
    address: str
    """That address."""


def identify_author(
    services: "AuthoredEmailServices", shop: Shop, received: EmailReceived, receipt: Receipt, stored: StoredCase | None
) -> AuthoredEmail:
    """The email of a receipt with its author, for the stored case it belongs to, or for none."""
    addresses = shop_addresses(shop, services.inbound_domain)
    writer = find_writer(received.letter, addresses)
    author = author_kind_of(services, shop, received.letter, writer, stored)
    return AuthoredEmail(
        email=received.letter,
        key=key_of_id(receipt.id),
        writer=writer,
        shop_addresses=addresses,
        author=author,
        receipt=receipt,
        addressed=received.addressed,
        address=received.address,
    )


def actor_of(services: "AuthoredEmailServices", shop: Shop, authored: AuthoredEmail, customer: str) -> Actor:
    """The actor of the event that the email becomes."""
    if authored.author == "customer":
        return Actor("customer", customer)
    agent = agent_with_address(services, shop, authored.writer.address) if authored.author == "staff" else None
    return Actor("agent", agent.id) if agent is not None else SYSTEM


def mail_ref(authored: AuthoredEmail, suggested: str = "") -> MailRef:
    """What an event stores about the email it was made from."""
    email = authored.email
    writer = authored.writer
    return MailRef(
        letter=authored.key,
        message_id=email.id,
        sender=writer.address,
        certain=writer.certain,
        suggested=suggested,
        automatic=writer.automatic is not None or email.unproven,
        digest=email.digest,
        author=AUTHORS[authored.author],
        answer_to=writer.answer_to,
        via=writer.via,
        copied=copied_addresses(email, writer, authored.shop_addresses),
    )
