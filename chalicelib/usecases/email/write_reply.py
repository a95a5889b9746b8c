"""An agent writes: a reply to the customer, or a note to colleagues."""

from chalicelib.domain.cases import facts, payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


def _copied(services: Services, command: Command, message: payloads.Message) -> tuple[str, ...]:
    """Whom the message is copied to; what is known of mails is loaded only when somebody is."""
    if not message.copy:
        return ()
    from chalicelib.usecases.email.copy_recipients import copy_of

    return copy_of(services, command.case, message)


def write(services: Services, command: Command, message: payloads.Message) -> StoredCase:
    """A reply to the customer, or a note to colleagues."""
    check_bytes("body", message.body)
    if not message.public:
        if message.copy:
            raise invalid("copy", "is for public messages: a note goes to nobody outside")
        return handle(services, command, lambda _: [facts.NoteAdded(message=message.body)])
    copy = _copied(services, command, message)

    def decide(case: Case) -> list[Fact]:
        if copy and not case.email.by_mail:
            raise invalid("copy", "is for cases whose customer writes by mail: this reply is not mailed")
        return [facts.ReplySent(message=message.body, copy=copy)]

    return handle(services, command, decide)
