"""Write a reply to the customer, or a note to colleagues, as an agent."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import facts, payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.needs import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class WriteReplyServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `write_reply` uses."""


def write(services: "WriteReplyServices", command: Command, message: payloads.Message) -> StoredCase:
    """Write a message on a case: a reply to the customer, or a note to colleagues.

    Invalid for a text that is too long, and for a copy that cannot be sent.
    """
    check_bytes("body", message.body)
    if not message.public:
        if message.copy:
            raise invalid("copy", "is for public messages: a note goes to nobody outside")
        return handle(services, command, lambda _: [facts.NoteAdded(message=message.body)])
    copy = _copy_recipients(services, command, message)

    def decide(case: Case) -> list[Fact]:
        if copy and not case.email.by_mail:
            raise invalid("copy", "is for cases whose customer writes by email: this reply is not emailed")
        return [facts.ReplySent(message=message.body, copy=copy)]

    return handle(services, command, decide)


def _copy_recipients(services: "WriteReplyServices", command: Command, message: payloads.Message) -> tuple[str, ...]:
    """The addresses the message is copied to. The code that finds them is imported only when it is needed."""
    if not message.copy:
        return ()
    from chalicelib.usecases.email.copy_recipients import find_copy_recipients

    return find_copy_recipients(services, command.case, message)
