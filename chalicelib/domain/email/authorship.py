"""Find out who wrote an email, as far as it says, and where an answer goes.

`From` names whoever sent the email. Contact forms, mailers and mailing lists that write themselves into `From` only
pass on somebody else's words. Then `Reply-To` or `X-Original-Sender` names the writer, who is claimed and never
certain, since anybody may write those headers. A person's own `Reply-To` says where they want their answers, not who
they are.
"""

import re

from msgspec import Struct

from chalicelib.domain.cases.payloads import MAX_COPY_RECIPIENTS
from chalicelib.domain.customers.identity import by_address, mail_of
from chalicelib.domain.email.forwarders import is_relay
from chalicelib.domain.email.inbound_email import Automatic, InboundEmail, Mailbox
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop

VIA = re.compile(r"""^['"‘“]?(.*?)['"’”]?\s+(?:via|über|通过|透過|经由)\s+\S""", re.IGNORECASE)
"""The name that mailing lists write when they put themselves into `From`: 'Amy' via Support."""


class Writer(Struct, frozen=True, kw_only=True):
    """Who wrote an email."""

    address: str
    name: str | None = None
    certain: bool = False
    """The domain of their address vouches for them."""
    automatic: Automatic | None = None
    """What kind of automatic email it is; None for a person's words, even if a form passed them on."""
    answer_to: str = ""
    """Where they want their answers, if that is another address."""
    via: str = ""
    """The address of the form, mailer or list that passed their words on."""
    alone: str = ""
    """An id of this email alone, if it was passed on without saying who wrote it; else empty."""


def opens_case(writer: Writer) -> bool:
    """Whether an email that belongs to no case opens one: a person wrote it, or it is bulk that wants no answer."""
    return writer.automatic in (None, "bulk") and bool(writer.address)


class ShopAddresses(Struct, frozen=True):
    """The addresses that are a shop's: the one it sends from, its forms, and the whole domain for inbound email."""

    own: str
    forms: frozenset[str]
    domain: str

    def has(self, address: str) -> bool:
        """Whether this address is the shop's, and so no customer's."""
        comparable = comparable_address(address)
        return comparable in (self.own, *self.forms) or comparable.rpartition("@")[2] == self.domain

    def passes_on(self, address: str) -> bool:
        """Whether whatever sends from this address only passes on what others wrote."""
        comparable = comparable_address(address)
        is_listed = not comparable or comparable == self.own or comparable in self.forms
        return is_listed or is_relay(comparable.rpartition("@")[0])


def shop_addresses(shop: Shop, domain: str) -> ShopAddresses:
    """A shop's addresses, where this is the domain for inbound email."""
    return ShopAddresses(comparable_address(shop.mail_from), frozenset(map(comparable_address, shop.forms)), domain)


def comparable_address(address: str) -> str:
    """An address in the form in which addresses are compared, without the part behind a `+`."""
    local, _, domain = (mail_of(address) or "").rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if local else ""


def find_writer(email: InboundEmail, ours: ShopAddresses) -> Writer:
    """Who wrote an email to the shop with these addresses."""
    person = _passed_on_for(email, ours)
    if person is not None:
        return Writer(address=person.address, name=person.name, automatic=_automatic(email, ours), via=email.sender)
    if _is_passed_on(email, ours):
        return _unknown_writer(email, ours)
    return Writer(
        address=email.sender,
        name=email.sender_name,
        certain=email.certain,
        answer_to=_answer_address(email, ours),
        automatic=_automatic(email, ours),
    )


def _answer_address(email: InboundEmail, ours: ShopAddresses) -> str:
    """The one other address at which the sender wants answers; empty if there is none, or several."""
    addresses = [
        mailbox.address for mailbox in email.reply_to if is_email(mailbox.address) and not ours.has(mailbox.address)
    ]
    if len(addresses) != 1 or mail_of(addresses[0]) == mail_of(email.sender):
        return ""
    return addresses[0]


def _passed_on_for(email: InboundEmail, ours: ShopAddresses) -> Mailbox | None:
    """The person whose words a form, a mailer or a list passed on; None if `From` names the writer."""
    if email.automatic in ("bounce", "reply"):
        return None
    via = VIA.match(email.sender_name or "")
    original = email.original_sender
    is_other = is_email(original) and mail_of(original) != mail_of(email.sender)
    if is_other and (ours.passes_on(email.sender) or via or email.list_id):
        return None if ours.has(original) else Mailbox(original, _name_before_via(via) if via else email.sender_name)
    if not _is_passed_on(email, ours):
        return None
    person = next((mailbox for mailbox in email.reply_to if _is_person(mailbox.address, email, ours)), None)
    if person is None:
        return None
    return Mailbox(person.address, one_line(person.name) or (_name_before_via(via) if via else None))


def _name_before_via(via: re.Match[str]) -> str | None:
    return one_line(via.group(1))


def _is_passed_on(email: InboundEmail, ours: ShopAddresses) -> bool:
    """Whether `From` names a form, a mailer or a list, and no person."""
    is_list = bool(email.list_id and VIA.match(email.sender_name or ""))
    return email.automatic not in ("bounce", "reply") and (ours.passes_on(email.sender) or is_list)


def _unknown_writer(email: InboundEmail, ours: ShopAddresses) -> Writer:
    """The writer of an email that was passed on without saying who wrote it: somebody new each time, never certain. If
    the mailer counted as the writer, all people who write through it would be one customer."""
    via = VIA.match(email.sender_name or "") if email.list_id else None
    return Writer(
        address=email.sender,
        name=_name_before_via(via) if via else email.sender_name,
        via=email.sender,
        automatic=_automatic(email, ours),
        alone=f"{email.id}/{email.digest}",
    )


def _is_person(address: str, email: InboundEmail, ours: ShopAddresses) -> bool:
    """Whether an address in `Reply-To` is a person's: not the list's, the sender's, the shop's or a relay's."""
    lists = {mail_of(mailbox.address) for mailbox in email.addressed_to} if email.list_id else set()
    is_other = mail_of(address) not in lists | {mail_of(email.sender)}
    return is_email(address) and is_other and not ours.has(address) and not ours.passes_on(address)


def _automatic(email: InboundEmail, ours: ShopAddresses) -> Automatic | None:
    """What kind of automatic email it is. The shop's forms, and lists that say who wrote, carry people's words even if
    they are marked as bulk."""
    carries_words = comparable_address(email.sender) in ours.forms or bool(email.original_sender)
    if email.automatic == "bulk" and carries_words and email.verdicts.spam != "fail":
        return None
    return email.automatic


def copied_addresses(email: InboundEmail, writer: Writer, ours: ShopAddresses) -> tuple[str, ...]:
    """Who else got the email: the addresses in `To` and `Cc`, without the shop's, the relays' and the writer's."""
    named = [mailbox.address for mailbox in (*email.addressed_to, *email.cc)]
    excluded = {mail_of(address) for address in (writer.address, writer.via, *email.forwarded_for)}
    people = {
        mail_of(address): address
        for address in named
        if is_email(address) and not ours.has(address) and mail_of(address) not in excluded
    }
    return tuple(people.values())[:MAX_COPY_RECIPIENTS]


def customer_from_writer(writer: Writer) -> CustomerIn:
    """The customer a writer is. Without a certain address, or if no person wrote, the record gets no address."""
    if writer.certain and writer.automatic is None:
        return CustomerIn(external_id=by_address(writer.address), name=writer.name, email=writer.address)
    return claimed_customer(f"{writer.address}/{writer.alone}" if writer.alone else writer.address, writer.name)


def rate_limit_id(writer: Writer) -> str:
    """The external id under which a writer's emails are counted.

    A certain sender that asks to be answered elsewhere may be a form we do not know, so each such address counts alone.
    """
    return (claimed_customer(writer.answer_to) if writer.answer_to else customer_from_writer(writer)).external_id


def claimed_customer(address: str, name: str | None = None) -> CustomerIn:
    """A customer who only claims that this is their address."""
    return CustomerIn(external_id=f"claimed/{key_of('claimed', address.casefold())}", name=name)


def conversation_id(email: InboundEmail, writer: Writer) -> str:
    """The id of the conversation that an email starts or continues, among those of its writer."""
    root = next(iter((*email.references, *email.in_reply_to, email.id)))
    certainty = "certain" if writer.certain else "claimed"
    return f"mail/{key_of('thread', root, writer.address.casefold(), certainty)}"
