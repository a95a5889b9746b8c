"""Tell whom an event concerns: a tier of an escalation, the customer of a step, a reply, a letter that came in."""

from chalicelib.domain.cases.facts import CaseEscalated
from chalicelib.domain.email.inbound_email import goes_out_by_email
from chalicelib.usecases.aftersales.notify_customer import notify_customer
from chalicelib.usecases.email.email_reply import reply_by_email
from chalicelib.usecases.notifications.notify_tier import notify_tier
from chalicelib.usecases.ports.services import Services


def notify(services: Services, key: str, order: str) -> list[str]:
    """Send the mails of the event with this order; what became of each."""
    case, told = services.cases.load(key).case, services.cases.events(key)
    event = next((one for one in told if one.order == order), None)
    if case is None or event is None:
        return []
    if isinstance(event.fact, CaseEscalated):
        return notify_tier(services, case, event, event.fact)
    if goes_out_by_email(case, event):
        return [reply_by_email(services, case, told, event)]
    return [notify_customer(services, case, told, event)]
