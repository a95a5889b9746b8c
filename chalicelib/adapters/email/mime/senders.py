"""The people that headers name, read from the headers as they are written, before anything in them is decoded."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.adapters.email.mime.encoded_words import decode_words
from chalicelib.domain.email.inbound_email import Mailbox
from chalicelib.domain.email.parsing.addresses import FoundAddress, addresses_in
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.validation import one_line

MOST_MAILBOXES = 50
"""At most this many people of a header are stored."""


class Sender(NamedTuple):
    """The sender in `From`: empty if it names nobody, the first if it names several."""

    address: str
    name: str
    people: int
    """How many different addresses `From` has."""
    ambiguous: bool


def sender_of(headers: Iterable[str], charset: str | None) -> Sender:
    """The sender that the `From` headers of an email name."""
    headers = list(headers)
    addresses = [address for header in headers for address in addresses_in(header)]
    if not addresses:  # some programs encode the address with the name; only we read that, so it is never certain
        decoded = (address for header in headers for address in addresses_in(decode_words(header, charset)))
        addresses = [address._replace(ambiguous=True) for address in decoded]
    addresses = [address for address in addresses if _is_usable(address.address)] or addresses
    if not addresses:
        return Sender("", "", 0, False)
    first = addresses[0]
    return Sender(
        address=first.address if _is_usable(first.address) else "",
        name=_name(first, charset),
        people=len({address.address.casefold() for address in addresses}),
        ambiguous=any(address.ambiguous for address in addresses),
    )


def mailboxes(headers: Iterable[str], charset: str | None) -> tuple[Mailbox, ...]:
    """The people that headers name, each once."""
    people = {
        address.address.casefold(): Mailbox(address.address, one_line(_name(address, charset)))
        for header in headers
        for address in reversed(addresses_in(header))
        if _is_usable(address.address)
    }
    return tuple(reversed(people.values()))[:MOST_MAILBOXES]


def _is_usable(address: str) -> bool:
    return is_email(address) and address.isprintable()


def _name(address: FoundAddress, charset: str | None) -> str:
    return " ".join(decode_words(address.name, charset).split())
