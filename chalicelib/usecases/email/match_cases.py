"""Where a letter belongs: to which shops it was sent, and to which of their cases."""

from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.email.authorship import Writer, addresses_of, writer_of
from chalicelib.domain.email.inbound_email import InboundEmail
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.author import agent_of, is_customers
from chalicelib.usecases.notifications.signed_links import read_reply_address
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import MAX_NAME, Services


class Copy(Struct, frozen=True, kw_only=True):
    """A letter as one shop gets it: on a case of theirs, or for none yet. `address`: the case's own, where that was
    written to."""

    shop: Shop
    writer: Writer
    stored: StoredCase | None = None
    address: str = ""

    @property
    def addressed(self) -> bool:
        """Whether it came by the case's own address."""
        return bool(self.address)

    @property
    def case(self) -> str | None:
        """The key of its case."""
        return self.stored.key if self.stored is not None else None


def match_cases(services: Services, letter: InboundEmail) -> list[Copy]:
    """A letter's copies: one for each case whose address it was sent to, and one for each other shop it names. None
    where it is for nobody here."""
    found = list(_by_address(services, letter))
    given_back = _given_back(services, letter) if not found else None
    if given_back is not None:
        return [given_back]
    served = {one.shop.id for one in found}
    named = [shop for shop in _named(services, letter) if shop.id not in served]
    found += [_copy(services, letter, shop, _by_thread(services, letter, shop)) for shop in named]
    return found or list(_by_thread_alone(services, letter))


def _copy(services: Services, letter: InboundEmail, shop: Shop, stored: StoredCase | None, address: str = "") -> Copy:
    writer = writer_of(letter, addresses_of(shop, services.inbound_domain))
    return Copy(shop=shop, writer=writer, stored=stored, address=address)


def _of_case(services: Services, letter: InboundEmail, stored: StoredCase, address: str = "") -> Copy | None:
    shop = services.shops.shop(stored.case.shop) if stored.case is not None else None
    return _copy(services, letter, shop, stored, address) if shop is not None else None


def _by_address(services: Services, letter: InboundEmail) -> Iterator[Copy]:
    """An answer's address is a secret: it is enough."""
    keys = {key: one for one in reversed(letter.to) if (key := read_reply_address(services, one))}
    for key, address in reversed(keys.items()):
        copy = _of_case(services, letter, services.cases.load(key), address)
        if copy is not None:
            yield copy


def _given_back(services: Services, letter: InboundEmail) -> Copy | None:
    """What is given back, or answered by a machine, belongs to the case of the mail it encloses, quotes or names in its
    head, if that was ours; and to nothing else it says. It is a note there, so it need not be certain."""
    ids = letter.returned if letter.automatic in ("bounce", "reply") else ()
    keys = services.threads.cases(ids, only_ours=True) if ids else []
    stored = next((one for one in services.cases.load_many(keys).values() if one.case), None) if keys else None
    return _of_case(services, letter, stored) if stored is not None else None


def _named(services: Services, letter: InboundEmail) -> list[Shop]:
    """The shops a letter is for: `<shop>@` the domain whose mail is taken in, or `<shop>+anything@`."""
    parts = (one.casefold().rpartition("@") for one in letter.to)
    names = dict.fromkeys(local.partition("+")[0] for local, _, domain in parts if domain == services.inbound_domain)
    found = (services.shops.shop(name, False) for name in names if 0 < len(name) <= MAX_NAME)
    return [shop for shop in found if shop is not None]


def _by_thread(services: Services, letter: InboundEmail, shop: Shop) -> StoredCase | None:
    """The case of the mails a letter answers, or of a number in its subject. Both are seen by others, so whoever writes
    must be its customer, or an agent, for certain."""
    if letter.automatic == "bounce":
        return None
    writer = writer_of(letter, addresses_of(shop, services.inbound_domain))
    keys = services.threads.cases(letter.before) if letter.before else []
    keys += [key for number in letter.numbers if (key := services.cases.numbered(shop.id, number))]
    for stored in services.cases.load_many(dict.fromkeys(keys)).values() if keys and writer.certain else ():
        if stored.case is not None and stored.case.shop == shop.id and _may_join(services, shop, stored, writer):
            return stored
    return None


def _may_join(services: Services, shop: Shop, stored: StoredCase, writer: Writer) -> bool:
    return is_customers(services, stored, writer) or agent_of(services, shop, writer.address) is not None


def _by_thread_alone(services: Services, letter: InboundEmail) -> Iterator[Copy]:
    """A letter that names no shop here may still answer a case's mails."""
    for stored in services.cases.load_many(services.threads.cases(letter.before)).values() if letter.before else ():
        copy = _of_case(services, letter, stored)
        if copy is not None and copy.writer.certain and _may_join(services, copy.shop, stored, copy.writer):
            yield copy
            return
