"""Find where an inbound email belongs: which shops it was sent to, and which of their cases."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.email.authorship import Writer, find_writer, shop_addresses
from chalicelib.domain.email.inbound_email import InboundEmail
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.author import agent_with_address, is_customers_address
from chalicelib.usecases.notifications.signed_links import read_reply_address
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import MAX_NAME

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
    """The case's own address, if the email was sent to it."""

    @property
    def addressed(self) -> bool:
        """Whether the email was sent to the case's own address."""
        return bool(self.address)

    @property
    def case(self) -> str | None:
        """The key of its case."""
        return self.stored.key if self.stored is not None else None


def match_cases(services: "MatchCasesServices", email: InboundEmail) -> list[EmailCopy]:
    """The copies of an email: one for each case whose own address it was sent to, and one for each other shop it was
    sent to. Empty if it is for no shop of ours."""
    copies = list(_by_case_address(services, email))
    reported = _by_reported_email(services, email) if not copies else None
    if reported is not None:
        return [reported]
    served = {copy.shop.id for copy in copies}
    others = [shop for shop in _addressed_shops(services, email) if shop.id not in served]
    copies += [_copy_for(services, email, shop, _by_thread(services, email, shop)) for shop in others]
    return copies or list(_by_thread_alone(services, email))


def _copy_for(
    services: "MatchCasesServices", email: InboundEmail, shop: Shop, stored: StoredCase | None, address: str = ""
) -> EmailCopy:
    writer = find_writer(email, shop_addresses(shop, services.inbound_domain))
    return EmailCopy(shop=shop, writer=writer, stored=stored, address=address)


def _copy_for_case(
    services: "MatchCasesServices", email: InboundEmail, stored: StoredCase, address: str = ""
) -> EmailCopy | None:
    shop = services.shops.shop(stored.case.shop) if stored.case is not None else None
    return _copy_for(services, email, shop, stored, address) if shop is not None else None


def _by_case_address(services: "MatchCasesServices", email: InboundEmail) -> Iterator[EmailCopy]:
    """The cases whose own address the email was sent to. Such an address is a secret, so knowing it is enough."""
    addresses: dict[str, str] = {}
    for address in reversed(email.to):
        if key := read_reply_address(services, address):
            addresses[key] = address
    for key, address in reversed(addresses.items()):
        copy = _copy_for_case(services, email, services.cases.load(key), address)
        if copy is not None:
            yield copy


def _by_reported_email(services: "MatchCasesServices", email: InboundEmail) -> EmailCopy | None:
    """The case of the email that a bounce or an automatic answer is about, if we sent that email.

    That is the email it encloses, quotes or names in its headers; nothing else it says counts. It becomes a note on the
    case, so its sender need not be certain.
    """
    ids = email.reported_ids if email.automatic in ("bounce", "reply") else ()
    keys = services.threads.cases(ids, only_ours=True) if ids else []
    cases = services.cases.load_many(keys).values() if keys else ()
    stored = next((stored for stored in cases if stored.case), None)
    return _copy_for_case(services, email, stored) if stored is not None else None


def _addressed_shops(services: "MatchCasesServices", email: InboundEmail) -> list[Shop]:
    """The shops an email is addressed to: `<shop>@` our inbound domain, or `<shop>+anything@`."""
    parts = (address.casefold().rpartition("@") for address in email.to)
    names = dict.fromkeys(local.partition("+")[0] for local, _, domain in parts if domain == services.inbound_domain)
    shops = (services.shops.shop(name, False) for name in names if 0 < len(name) <= MAX_NAME)
    return [shop for shop in shops if shop is not None]


def _by_thread(services: "MatchCasesServices", email: InboundEmail, shop: Shop) -> StoredCase | None:
    """The shop's case that an email belongs to by the emails it answers, or by a case number in its subject.

    Others see both, so the writer must certainly be the case's customer or an agent.
    """
    if email.automatic == "bounce":
        return None
    writer = find_writer(email, shop_addresses(shop, services.inbound_domain))
    keys = services.threads.cases(email.answered_ids) if email.answered_ids else []
    keys += [key for number in email.case_numbers if (key := services.cases.numbered(shop.id, number))]
    if not keys or not writer.certain:
        return None
    for stored in services.cases.load_many(dict.fromkeys(keys)).values():
        if stored.case is not None and stored.case.shop == shop.id and _may_join(services, shop, stored, writer):
            return stored
    return None


def _may_join(services: "MatchCasesServices", shop: Shop, stored: StoredCase, writer: Writer) -> bool:
    """Whether a writer may add to a case: as its customer, or as one of the shop's agents."""
    is_customer = is_customers_address(services, stored, writer)
    return is_customer or agent_with_address(services, shop, writer.address) is not None


def _by_thread_alone(services: "MatchCasesServices", email: InboundEmail) -> Iterator[EmailCopy]:
    """The case of an email that is addressed to no shop of ours, but answers an email of one of our cases."""
    if not email.answered_ids:
        return
    for stored in services.cases.load_many(services.threads.cases(email.answered_ids)).values():
        copy = _copy_for_case(services, email, stored)
        if copy is not None and copy.writer.certain and _may_join(services, copy.shop, stored, copy.writer):
            yield copy
            return
