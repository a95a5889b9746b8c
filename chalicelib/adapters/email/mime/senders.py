"""Who wrote a mail, and to whom: by the headers as they stand, before anything in them is decoded."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.adapters.email.mime.encoded_words import decoded_words
from chalicelib.domain.email.inbound_email import Mailbox
from chalicelib.domain.email.parsing.addresses import Found, addresses_in
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.validation import one_line

MOST = 50
"""So many people of a header are kept."""


class Sender(NamedTuple):
    """Whom `From` names: empty where it names nobody; of several the first."""

    address: str
    name: str
    people: int
    ambiguous: bool


def sender_of(headers: Iterable[str], charset: str | None) -> Sender:
    """The sender a mail's `From` headers name."""
    told = list(headers)
    found = [one for header in told for one in addresses_in(header)]
    if not found:  # some programs encode the address with the name: nobody else reads it so, and nobody vouches for it
        decoded = (one for header in told for one in addresses_in(decoded_words(header, charset)))
        found = [one._replace(ambiguous=True) for one in decoded]
    found = [one for one in found if _is_usable(one.address)] or found
    if not found:
        return Sender("", "", 0, False)
    different = {one.address.casefold() for one in found}
    first = found[0]
    address = first.address if _is_usable(first.address) else ""
    return Sender(address, _name(first, charset), len(different), any(one.ambiguous for one in found))


def mailboxes(headers: Iterable[str], charset: str | None) -> tuple[Mailbox, ...]:
    """The people headers name, each once."""
    found = {
        one.address.casefold(): Mailbox(one.address, one_line(_name(one, charset)))
        for header in headers
        for one in reversed(addresses_in(header))
        if _is_usable(one.address)
    }
    return tuple(reversed(found.values()))[:MOST]


def _is_usable(address: str) -> bool:
    return is_email(address) and address.isprintable()


def _name(one: Found, charset: str | None) -> str:
    return " ".join(decoded_words(one.name, charset).split())
