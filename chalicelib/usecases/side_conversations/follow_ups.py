"""After an event of a side conversation: email our message to the other side, or remind the assignee."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.side_conversations.facts import (
    SideConversationOverdue,
    SideConversationStarted,
    SideMessageSent,
)
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_ours(change: Change, event: Event) -> bool:
    """Whether the event is a message of ours that may have to be emailed."""
    fact = event.fact
    return isinstance(fact, SideMessageSent) or (isinstance(fact, SideConversationStarted) and is_email(fact.to))


def mail_message(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Email the message to the other side."""
    from chalicelib.usecases.side_conversations.mail_side import mail_side

    event = stored.event
    if stored.case is None or event is None:
        return None
    if not isinstance(event.fact, SideConversationStarted | SideMessageSent):
        return None
    return mail_side(services, stored.stored, event, event.fact)


def is_overdue(change: Change, event: Event) -> bool:
    """Whether the other side did not answer in time."""
    return isinstance(event.fact, SideConversationOverdue)


def remind_assignee(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Remind whoever has the case."""
    from chalicelib.usecases.side_conversations.mail_side import remind

    case, event = stored.case, stored.event
    if case is None or event is None or not isinstance(event.fact, SideConversationOverdue):
        return None
    return remind(services, case, event, event.fact)


FOLLOW_UPS = (
    FollowUp("mail the side message", "notices", is_ours, mail_message),
    FollowUp("remind of a side conversation", "notices", is_overdue, remind_assignee),
)
