"""Whom an answer is copied to: people who got the customer's letters, too, where the agent wants it."""

from chalicelib.domain.cases.facts import MailRef
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.email.author import letter_of
from chalicelib.usecases.ports.services import Services


def copy_of(services: Services, case: str, message: Message) -> tuple[str, ...]:
    """The addresses an answer is copied to. Nobody is written to who is not in the conversation: Invalid for an address
    that no letter of the case was sent to or came from."""
    if not message.copy:
        return ()
    letters = [one for one in map(letter_of, services.cases.events(key_of_id(case))) if one is not None]
    if message.copy is True:
        copy = next((one.copied for one in reversed(letters) if one.author == "customer"), ())
        if not copy:
            raise invalid("copy", "nobody else got the customer's newest letter, or none came by mail")
        return copy
    known, asked = _there(letters), message.copy or ()
    for place, address in enumerate(asked):
        if mail_of(address) not in known:
            raise invalid(f"copy[{place}]", "is no address that a letter of this case was sent to, or came from")
    return tuple(dict.fromkeys(asked))


def _there(letters: list[MailRef]) -> set[str | None]:
    """Who is in a conversation: whom its customer's letters name, and who wrote into it."""
    people = [one.sender for one in letters if one.sender and not one.automatic]
    return {mail_of(one) for one in people} | {
        mail_of(one) for letter in letters if letter.author in ("customer", "staff") for one in letter.copied
    }
