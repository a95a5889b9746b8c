"""After an event of an after-sales flow: notify the customer of the step, and give them an amount they accepted."""

from typing import TYPE_CHECKING

from chalicelib.domain.aftersales.case_flow import accepted_offer
from chalicelib.domain.aftersales.notices import STEPS, is_notified
from chalicelib.domain.cases.events import Event
from chalicelib.domain.email.inbound_email import goes_out_by_email
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_last_step_notified(change: Change, event: Event) -> bool:
    """Whether the customer is notified of this event: the last step of the change, if it is one that is notified."""
    steps = [step for step in change.events if isinstance(step.fact, STEPS)]
    return bool(steps) and event is steps[-1] and is_notified(change.before.case, change.after.case, event.fact)


def notify_of_step(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Email the customer the state of their case, unless they get an email about this event anyway."""
    from chalicelib.usecases.aftersales.notify_customer import notify_customer

    case, event = stored.case, stored.event
    if case is None or event is None or not isinstance(event.fact, STEPS) or goes_out_by_email(case, event):
        return None
    return notify_customer(services, stored.stored, event)


def accepts_offer(change: Change, event: Event) -> bool:
    """Whether this event accepts an amount that was proposed."""
    moves = isinstance(event.fact, FlowMoved | FlowTimedOut)
    return moves and accepted_offer(change.before.case, change.after.case) is not None


def give_accepted_offer(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Give the customer the amount they accepted."""
    from chalicelib.usecases.aftersales.compensate_accepted_offer import compensate_accepted_offer

    if stored.event is None or not isinstance(stored.event.fact, FlowMoved | FlowTimedOut):
        return None
    after = compensate_accepted_offer(services, stored.key)
    return after.case.id if after is not None and after.case is not None else None


FOLLOW_UPS = (
    FollowUp("notify the customer", "notices", is_last_step_notified, notify_of_step),
    FollowUp("give the accepted offer", "intake", accepts_offer, give_accepted_offer),
)
