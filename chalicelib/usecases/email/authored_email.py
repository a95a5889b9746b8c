"""A letter with what is known of it once its case is looked at: who wrote it, and whose words it is there."""

from msgspec import Struct

from chalicelib.domain.cases.facts import Author, MailRef
from chalicelib.domain.email.authorship import Addresses, Writer, addresses_of, copied_on, writer_of
from chalicelib.domain.email.inbound_email import EmailReceived, InboundEmail
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.author import Whose, agent_of, author_of
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services

AUTHORS: dict[Whose, Author] = {
    "customer": "customer",
    "staff": "staff",
    "shop": "shop",
    "third_party": "third_party",
    "machine": "third_party",
}


class AuthoredEmail(Struct, frozen=True, kw_only=True):
    """A letter with whose words it is."""

    letter: InboundEmail
    key: str
    writer: Writer
    ours: Addresses
    whose: Whose
    receipt: Receipt
    addressed: bool
    """It was sent to its case's own address."""
    address: str
    """That address."""


def authored_email(
    services: Services, shop: Shop, told: EmailReceived, receipt: Receipt, stored: StoredCase | None
) -> AuthoredEmail:
    """A letter as it is heard on this case, or on none."""
    ours = addresses_of(shop, services.inbound_domain)
    writer = writer_of(told.letter, ours)
    whose = author_of(services, shop, told.letter, writer, stored)
    return AuthoredEmail(
        letter=told.letter,
        key=key_of_id(receipt.id),
        writer=writer,
        ours=ours,
        whose=whose,
        receipt=receipt,
        addressed=told.addressed,
        address=told.address,
    )


def actor_of(services: Services, shop: Shop, heard: AuthoredEmail, customer: str) -> Actor:
    """Whose deed its event is."""
    if heard.whose == "customer":
        return Actor("customer", customer)
    agent = agent_of(services, shop, heard.writer.address) if heard.whose == "staff" else None
    return Actor("agent", agent.id) if agent is not None else SYSTEM


def ref_of(heard: AuthoredEmail, suggested: str = "") -> MailRef:
    """What an event keeps of it."""
    letter, writer = heard.letter, heard.writer
    return MailRef(
        letter=heard.key,
        message_id=letter.id,
        sender=writer.address,
        certain=writer.certain,
        suggested=suggested,
        automatic=writer.automatic is not None or letter.unproven,
        digest=letter.digest,
        author=AUTHORS[heard.whose],
        answer_to=writer.answer_to,
        via=writer.via,
        copied=copied_on(letter, writer, heard.ours),
    )
