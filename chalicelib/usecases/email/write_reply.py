"""An agent writes: a reply to the customer, or a note to colleagues."""

from chalicelib.domain.cases import commands, facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import AnyFact
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.cases.handle_command import Deed, carry_out
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk


def _copied(desk: Desk, deed: Deed, message: commands.Message) -> tuple[str, ...]:
    """Whom the message is copied to; what is known of mails is loaded only when somebody is."""
    if not message.copy:
        return ()
    from chalicelib.usecases.email.copy_recipients import copy_of

    return copy_of(desk, deed.case, message)


def write(desk: Desk, deed: Deed, message: commands.Message) -> Stored:
    """A reply to the customer, or a note to colleagues."""
    check_bytes("body", message.body)
    if not message.public:
        if message.copy:
            raise invalid("copy", "is for public messages: a note goes to nobody outside")
        return carry_out(desk, deed, lambda _: [facts.NoteAdded(message=message.body)])
    copy = _copied(desk, deed, message)

    def decide(case: Case) -> list[AnyFact]:
        if copy and not case.by_mail:
            raise invalid("copy", "is for cases whose customer writes by mail: this reply is not mailed")
        return [facts.ReplySent(message=message.body, copy=copy)]

    return carry_out(desk, deed, decide)
