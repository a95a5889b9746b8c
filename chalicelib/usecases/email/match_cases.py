"""Find where an inbound email belongs: which shops it was sent to, and which of their cases."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.authorship import Writer, find_writer, shop_addresses
from chalicelib.domain.email.inbound_email import InboundEmail
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.side_conversations.conversation import split_thread
from chalicelib.usecases.email.author import agent_with_address, is_customers_address
from chalicelib.usecases.notifications.signed_links import read_reply_address, read_side_address
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import MAX_NAME
from chalicelib.usecases.side_conversations.read_sides import side_of_address

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasCustomers,
        HasInboundDomain,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class MatchCasesServices(
        HasAgents, HasApiUrl, HasCases, HasCustomers, HasInboundDomain, HasSecrets, HasShops, HasThreads, Protocol
    ):
        """The services that `match_cases` uses."""


class EmailCopy(Struct, frozen=True, kw_only=True):
    """An email as one shop receives it: for one of its cases, or for none yet."""

    shop: Shop
    writer: Writer
    stored: StoredCase | None = None
    address: str = ""
    """The own address of the case or the side conversation, if the email was sent to it."""
    side: str = ""
    """The key of the side conversation of the case that it belongs to; empty for the customer's own thread."""

    @property
    def addressed(self) -> bool:
        """Whether the email was sent to that address."""
        return bool(self.address)

    @property
    def case(self) -> str | None:
        """The key of its case."""
        return self.stored.key if self.stored is not None else None


def match_cases(services: "MatchCasesServices", email: InboundEmail) -> list[EmailCopy]:
    """The copies of an email: one for each side conversation and each case whose own address it was sent to, and one
    for each other shop it was sent to. Empty if it is for no shop of ours."""
    copies = list(_by_side_address(services, email))
    conversing = {copy.case for copy in copies}
    copies += [copy for copy in _by_case_address(services, email) if copy.case not in conversing]
    reported = _by_reported_email(services, email) if not copies else None
    if reported is not None:
        return [reported]
    served = {copy.shop.id for copy in copies}
    others = [shop for shop in _addressed_shops(services, email) if shop.id not in served]
    copies += [_copy_for(services, email, shop, *_by_thread(services, email, shop)) for shop in others]
    return copies or list(_by_thread_alone(services, email))


def _copy_for(
    services: "MatchCasesServices",
    email: InboundEmail,
    shop: Shop,
    stored: StoredCase | None,
    side: str = "",
    address: str = "",
) -> EmailCopy:
    writer = find_writer(email, shop_addresses(shop, services.inbound_domain))
    return EmailCopy(shop=shop, writer=writer, stored=stored, address=address, side=side)


def _copy_for_case(
    services: "MatchCasesServices", email: InboundEmail, stored: StoredCase, side: str = "", address: str = ""
) -> EmailCopy | None:
    shop = services.shops.shop(stored.case.shop) if stored.case is not None else None
    return _copy_for(services, email, shop, stored, side, address) if shop is not None else None


def _by_side_address(services: "MatchCasesServices", email: InboundEmail) -> Iterator[EmailCopy]:
    """The side conversations whose own address the email was sent to. It is a secret, so knowing it is enough."""
    addresses = {keys: address for address in email.to if (keys := read_side_address(services, address))}
    for (key, side), address in addresses.items():
        copy = _copy_for_case(services, email, services.cases.load(key), side, address)
        if copy is not None:
            yield copy


def _by_case_address(services: "MatchCasesServices", email: InboundEmail) -> Iterator[EmailCopy]:
    """The cases whose own address the email was sent to. Such an address is a secret, so knowing it is enough. What the
    other side of a side conversation sends there belongs into that conversation."""
    addresses: dict[str, str] = {}
    for address in reversed(email.to):
        if key := read_reply_address(services, address):
            addresses[key] = address
    for key, address in reversed(addresses.items()):
        stored = services.cases.load(key)
        copy = _copy_for_case(services, email, stored, address=address)
        if copy is not None:
            yield replace(copy, side=_side_of_writer(services, stored, copy.writer))


def _side_of_writer(services: "MatchCasesServices", stored: StoredCase, writer: Writer) -> str:
    """The key of the open side conversation with a writer who is not the case's customer; empty if there is none."""
    side = side_of_address(services, stored.case, writer.address) if stored.case is not None else ""
    return side if side and not is_customers_address(services, stored, writer) else ""


def _by_reported_email(services: "MatchCasesServices", email: InboundEmail) -> EmailCopy | None:
    """The case, or the side conversation, of the email that a bounce or an automatic answer is about, if we sent that
    email.

    That is the email it encloses, quotes or names in its headers; nothing else it says counts. Its sender need not be
    certain, since it becomes no message of the customer.
    """
    ids = email.reported_ids if email.automatic in ("bounce", "reply") else ()
    threads = services.threads.cases(ids, only_ours=True) if ids else []
    cases = services.cases.load_many(dict.fromkeys(split_thread(thread)[0] for thread in threads)) if threads else {}
    for key, side in map(split_thread, threads):
        if cases[key].case is not None:
            return _copy_for_case(services, email, cases[key], side)
    return None


def _addressed_shops(services: "MatchCasesServices", email: InboundEmail) -> list[Shop]:
    """The shops an email is addressed to: `<shop>@` our inbound domain, or `<shop>+anything@`."""
    parts = (address.casefold().rpartition("@") for address in email.to)
    names = dict.fromkeys(local.partition("+")[0] for local, _, domain in parts if domain == services.inbound_domain)
    shops = (services.shops.shop(name, False) for name in names if 0 < len(name) <= MAX_NAME)
    return [shop for shop in shops if shop is not None]


def _by_thread(services: "MatchCasesServices", email: InboundEmail, shop: Shop) -> tuple[StoredCase | None, str]:
    """The shop's case that an email belongs to by the emails it answers, or by a case number in its subject; and the
    key of its side conversation, if it belongs to one.

    Others see both, so the writer must be certain.
    """
    if email.automatic == "bounce":
        return None, ""
    writer = find_writer(email, shop_addresses(shop, services.inbound_domain))
    threads = services.threads.cases(email.answered_ids) if email.answered_ids else []
    threads += [key for number in email.case_numbers if (key := services.cases.numbered(shop.id, number))]
    if not threads or not writer.certain:
        return None, ""
    cases = services.cases.load_many(dict.fromkeys(split_thread(thread)[0] for thread in threads))
    for key, side in map(split_thread, threads):
        stored = cases[key]
        if stored.case is not None and stored.case.shop == shop.id:
            place = _place_in(services, shop, stored, side, writer)
            if place is not None:
                return stored, place
    return None, ""


def _by_thread_alone(services: "MatchCasesServices", email: InboundEmail) -> Iterator[EmailCopy]:
    """The case of an email that is addressed to no shop of ours, but answers an email of one of our cases."""
    threads = services.threads.cases(email.answered_ids) if email.answered_ids else []
    cases = services.cases.load_many(dict.fromkeys(split_thread(thread)[0] for thread in threads)) if threads else {}
    for key, side in map(split_thread, threads):
        copy = _copy_for_case(services, email, cases[key])
        if copy is None or not copy.writer.certain:
            continue
        place = _place_in(services, copy.shop, cases[key], side, copy.writer)
        if place is not None:
            yield replace(copy, side=place)
            return


def _place_in(services: "MatchCasesServices", shop: Shop, stored: StoredCase, side: str, writer: Writer) -> str | None:
    """Where a certain writer adds to a case: the key of its side conversation, or an empty text for the customer's own
    thread; None if they may add nothing.

    The customer and agents may add to the case. Who answers an email of a side conversation (`side`), or is the other
    side of one, adds to that: nobody else has those emails.
    """
    conversation = side or _side_of_writer(services, stored, writer)
    if conversation:
        return "" if is_customers_address(services, stored, writer) else conversation
    is_agent = agent_with_address(services, shop, writer.address) is not None
    return "" if is_agent or is_customers_address(services, stored, writer) else None
