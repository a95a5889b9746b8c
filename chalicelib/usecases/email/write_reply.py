"""Write a reply to the customer, or a note to colleagues, as an agent."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases import facts, payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import AttachedFile, MailRef
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.email.author import mail_ref_of
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class WriteReplyServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `write_reply` uses."""


class Added(Struct, frozen=True):
    """What goes with a message besides its text."""

    files: tuple[AttachedFile, ...] = ()
    mentions: tuple[str, ...] = ()


def write(
    services: "WriteReplyServices", command: Command, message: payloads.Message, added: Added = Added()
) -> StoredCase:
    """Write a message on a case: a reply to the customer, or a note to colleagues.

    Invalid for a text that is too long, and for a copy that cannot be sent.
    """
    check_bytes("body", message.body)
    if not message.public:
        if message.copy:
            raise invalid("copy", "is for public messages: a note goes to nobody outside")
        note = facts.NoteAdded(message=message.body, files=added.files, mentions=added.mentions)
        return handle(services, command, lambda _: [note])
    copy = _copy_recipients(services, command, message)
    reply = facts.ReplySent(message=message.body, copy=copy, files=added.files)
    return handle(services, command, lambda case: [checked_reply(case, reply)])


def checked_reply(case: Case, reply: facts.ReplySent) -> facts.ReplySent:
    """The reply, if it can be sent on this case: Invalid for copies of a reply that is not emailed."""
    if reply.copy and not case.email.by_mail:
        raise invalid("copy", "is for cases whose customer writes by email: this reply is not emailed")
    return reply


def _copy_recipients(services: "WriteReplyServices", command: Command, message: payloads.Message) -> tuple[str, ...]:
    """The addresses the message is copied to. The code that finds them is imported only when it is needed."""
    if not message.copy:
        return ()

    return find_copy_recipients(services, command.case, message)


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
