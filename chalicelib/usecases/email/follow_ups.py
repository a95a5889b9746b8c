"""What email does after an event: mail the customer what an agent replied, and that their email came in."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.email.inbound_email import goes_out_by_email
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_mailed(change: Change, event: Event) -> bool:
    """Whether the customer gets a mail of this event."""
    return goes_out_by_email(change.after.case, event)


def mail_reply(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Mail the reply in the thread of the customer's email."""
    from chalicelib.usecases.email.email_reply import reply_by_email

    case, event = stored.case, stored.event
    if case is None or event is None or not goes_out_by_email(case, event):
        return None
    return reply_by_email(services, stored.stored, case, event)


FOLLOW_UPS = (FollowUp("mail the reply", "notices", is_mailed, mail_reply),)
