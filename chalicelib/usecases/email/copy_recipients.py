"""Who gets a copy of a reply: people who also got the customer's emails, where the agent wants it."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.facts import MailRef
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.email.author import mail_ref_of

if TYPE_CHECKING:
    from chalicelib.usecases.ports.needs import HasCases


def find_copy_recipients(services: "HasCases", case: str, message: Message) -> tuple[str, ...]:
    """The addresses that a reply on this case is copied to.

    A copy goes only to people who are in the conversation: Invalid for an address that no email of the case was sent to
    or came from.
    """
    if not message.copy:
        return ()
    refs = map(mail_ref_of, services.cases.events(key_of_id(case)))
    emails = [ref for ref in refs if ref is not None]
    if message.copy is True:
        copy = next((ref.copied for ref in reversed(emails) if ref.author == "customer"), ())
        if not copy:
            raise invalid("copy", "nobody else got the customer's newest email, or the customer never wrote by email")
        return copy
    participants = _participants(emails)
    addresses = message.copy or ()
    for place, address in enumerate(addresses):
        if mail_of(address) not in participants:
            raise invalid(f"copy[{place}]", "is no address that an email of this case was sent to or came from")
    return tuple(dict.fromkeys(addresses))


def _participants(emails: list[MailRef]) -> set[str | None]:
    """The people in a conversation: those who wrote emails, and those whom the customer and agents copied."""
    writers = [ref.sender for ref in emails if ref.sender and not ref.automatic]
    copied = [address for ref in emails if ref.author in ("customer", "staff") for address in ref.copied]
    return {mail_of(address) for address in (*writers, *copied)}
