"""A letter with what is known of it once its case is looked at: who wrote it, and whose words it is there."""

from msgspec import Struct

from chalicelib.domain.cases.facts import Author, MailRef
from chalicelib.domain.email.authorship import Addresses, Writer, addresses_of, copied_on, who_wrote
from chalicelib.domain.email.inbound_email import Letter, LetterTold
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.author import Whose, agent_of, whose_words
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.ports.services import Desk

AUTHORS: dict[Whose, Author] = {
    "customer": "customer",
    "staff": "staff",
    "shop": "shop",
    "third_party": "third_party",
    "machine": "third_party",
}


class Heard(Struct, frozen=True, kw_only=True):
    """A letter with whose words it is."""

    letter: Letter
    key: str
    writer: Writer
    ours: Addresses
    whose: Whose
    receipt: Receipt
    addressed: bool
    """It was sent to its case's own address."""
    address: str
    """That address."""


def heard_of(desk: Desk, shop: Shop, told: LetterTold, receipt: Receipt, stored: Stored | None) -> Heard:
    """A letter as it is heard on this case, or on none."""
    ours = addresses_of(shop, desk.inbound_domain)
    writer = who_wrote(told.letter, ours)
    whose = whose_words(desk, shop, told.letter, writer, stored)
    return Heard(
        letter=told.letter,
        key=key_in(receipt.id),
        writer=writer,
        ours=ours,
        whose=whose,
        receipt=receipt,
        addressed=told.addressed,
        address=told.address,
    )


def author_of(desk: Desk, shop: Shop, heard: Heard, customer: str) -> Actor:
    """Whose deed its event is."""
    if heard.whose == "customer":
        return Actor("customer", customer)
    agent = agent_of(desk, shop, heard.writer.address) if heard.whose == "staff" else None
    return Actor("agent", agent.id) if agent is not None else SYSTEM


def ref_of(heard: Heard, suggested: str = "") -> MailRef:
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
