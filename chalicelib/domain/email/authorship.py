"""Whose words a letter is: who wrote it, as far as it tells, and where an answer goes.

`From` names whoever handed it over. Contact forms, mailers and lists that write themselves into `From` only pass words
on: then it is of whom `Reply-To` or `X-Original-Sender` names, who is claimed and never certain, since anybody may
write those. A person's own `Reply-To` says where they want their answers, and not who they are.
"""

import re

from msgspec import Struct

from chalicelib.domain.cases.payloads import MOST_COPIED
from chalicelib.domain.customers.identity import by_address, mail_of
from chalicelib.domain.email.forwarders import is_relay
from chalicelib.domain.email.inbound_email import Automatic, InboundEmail, Mailbox
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop

VIA = re.compile(r"""^['"‘“]?(.*?)['"’”]?\s+(?:via|über|通过|透過|经由)\s+\S""", re.IGNORECASE)
"""What lists make of a name when they write themselves into `From`: 'Amy' via Support."""


class Writer(Struct, frozen=True, kw_only=True):
    """Who wrote a letter. `certain`: their domain vouches for it."""

    address: str
    name: str | None = None
    certain: bool = False
    automatic: Automatic | None = None
    """What kind of automatic mail it is; None for a person's words, also where a form passed them on."""
    answer_to: str = ""
    """Where they want their answers, if that is another address."""
    via: str = ""
    """The form, mailer or list that passed it on."""
    alone: str = ""
    """What names nobody but the letter, where what passed it on does not say whose words they are; else empty."""


def opens_case(writer: Writer) -> bool:
    """Whether a letter that belongs to no case opens one: somebody wrote it, or something that wants no answer."""
    return writer.automatic in (None, "bulk") and bool(writer.address)


class Addresses(Struct, frozen=True):
    """The addresses of a shop itself: what it sends as, its forms, and all of the domain whose mail is taken in."""

    own: str
    forms: frozenset[str]
    domain: str

    def has(self, address: str) -> bool:
        """Whether this is no person's, but the shop's."""
        found = plain(address)
        return found in (self.own, *self.forms) or found.rpartition("@")[2] == self.domain

    def passes_on(self, address: str) -> bool:
        """Whether who sends from this address only passes on what others wrote."""
        found = plain(address)
        named = not found or found == self.own or found in self.forms
        return named or is_relay(found.rpartition("@")[0])


def addresses_of(shop: Shop, domain: str) -> Addresses:
    """A shop's addresses, where mail to this domain is taken in."""
    return Addresses(plain(shop.mail_from), frozenset(map(plain, shop.forms)), domain)


def plain(address: str) -> str:
    """An address as it is compared, without what stands behind a `+`."""
    local, _, domain = (mail_of(address) or "").rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if local else ""


def writer_of(letter: InboundEmail, ours: Addresses) -> Writer:
    """Who wrote a letter to the shop with these addresses."""
    person = _behind(letter, ours)
    if person is not None:
        return Writer(address=person.address, name=person.name, automatic=_automatic(letter, ours), via=letter.sender)
    if _only_passes_on(letter, ours):
        return _nobody(letter, ours)
    answers = [one.address for one in letter.reply_to if is_email(one.address) and not ours.has(one.address)]
    other = next((one for one in answers if mail_of(one) != mail_of(letter.sender)), "") if len(answers) == 1 else ""
    return Writer(
        address=letter.sender,
        name=letter.sender_name,
        certain=letter.certain,
        answer_to=other,
        automatic=_automatic(letter, ours),
    )


def _behind(letter: InboundEmail, ours: Addresses) -> Mailbox | None:
    """Whose words a form, a mailer or a list passed on; None where `From` is who wrote."""
    if letter.automatic in ("bounce", "reply"):
        return None
    via = VIA.match(letter.sender_name or "")
    relayed = ours.passes_on(letter.sender)
    told = letter.original_sender
    if is_email(told) and mail_of(told) != mail_of(letter.sender) and (relayed or via or letter.list_id):
        return None if ours.has(told) else Mailbox(told, one_line(via.group(1)) if via else letter.sender_name)
    if not _only_passes_on(letter, ours):
        return None
    person = next((one for one in letter.reply_to if _is_person(one.address, letter, ours)), None)
    if person is None:
        return None
    return Mailbox(person.address, one_line(person.name) or (one_line(via.group(1)) if via else None))


def _only_passes_on(letter: InboundEmail, ours: Addresses) -> bool:
    """Whether `From` is a form, a mailer or a list, and nobody who writes."""
    listed = bool(letter.list_id and VIA.match(letter.sender_name or ""))
    return letter.automatic not in ("bounce", "reply") and (ours.passes_on(letter.sender) or listed)


def _nobody(letter: InboundEmail, ours: Addresses) -> Writer:
    """Who wrote what was passed on without saying whose it is: somebody new each time, and never certain. To take the
    mailer for them would make all who write by it one person."""
    via = VIA.match(letter.sender_name or "") if letter.list_id else None
    return Writer(
        address=letter.sender,
        name=one_line(via.group(1)) if via else letter.sender_name,
        via=letter.sender,
        automatic=_automatic(letter, ours),
        alone=f"{letter.id}/{letter.digest}",
    )


def _is_person(address: str, letter: InboundEmail, ours: Addresses) -> bool:
    lists = {mail_of(one.address) for one in letter.addressed_to} if letter.list_id else set()
    apart = mail_of(address) not in lists | {mail_of(letter.sender)}
    return is_email(address) and apart and not ours.has(address) and not ours.passes_on(address)


def _automatic(letter: InboundEmail, ours: Addresses) -> Automatic | None:
    """A form the shop names, and a list that says who wrote, carry people's words, whatever they are marked with."""
    carries = plain(letter.sender) in ours.forms or bool(letter.original_sender)
    return None if letter.automatic == "bulk" and carries and letter.verdicts.spam != "fail" else letter.automatic


def copied_on(letter: InboundEmail, writer: Writer, ours: Addresses) -> tuple[str, ...]:
    """Who else got the letter: those its To and Cc name, but for the shop, its relays and who wrote it."""
    named = [one.address for one in (*letter.addressed_to, *letter.cc)]
    gone = {mail_of(one) for one in (writer.address, writer.via, *letter.forwarded_for)}
    people = {mail_of(one): one for one in named if is_email(one) and not ours.has(one) and mail_of(one) not in gone}
    return tuple(people.values())[:MOST_COPIED]


def customer_of(writer: Writer) -> CustomerIn:
    """The customer a writer is. Whose address is not certain, or who is no person, has no address on their record."""
    if writer.certain and writer.automatic is None:
        return CustomerIn(external_id=by_address(writer.address), name=writer.name, email=writer.address)
    return claimed(f"{writer.address}/{writer.alone}" if writer.alone else writer.address, writer.name)


def counted_as(writer: Writer) -> str:
    """The external id by which a writer's letters are counted: where a certain sender asks to be answered elsewhere, it
    may be a form nobody knows, so each such address is counted by itself."""
    return (claimed(writer.answer_to) if writer.answer_to else customer_of(writer)).external_id


def claimed(address: str, name: str | None = None) -> CustomerIn:
    """Somebody of whom is only said that this is their address."""
    return CustomerIn(external_id=f"claimed/{key_of('claimed', address.casefold())}", name=name)


def conversation(letter: InboundEmail, writer: Writer) -> str:
    """What names the conversation a letter begins or goes on with, among those of its writer."""
    root = next(iter((*letter.references, *letter.in_reply_to, letter.id)))
    sure = "certain" if writer.certain else "claimed"
    return f"mail/{key_of('thread', root, writer.address.casefold(), sure)}"
