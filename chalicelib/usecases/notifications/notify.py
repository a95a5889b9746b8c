"""Tell whom an event concerns: a tier of an escalation, the customer of a step, a reply, a letter that came in."""

from chalicelib.domain.cases.facts import CaseEscalated
from chalicelib.domain.email.inbound_email import is_mailed
from chalicelib.usecases.aftersales.notify_customer import tell_customer
from chalicelib.usecases.email.email_reply import answer_by_mail
from chalicelib.usecases.notifications.notify_tier import notify_tier
from chalicelib.usecases.ports.services import Desk


def notify(desk: Desk, key: str, order: str) -> list[str]:
    """Send the mails of the event with this order; what became of each."""
    case, told = desk.cases.load(key).case, desk.cases.events(key)
    event = next((one for one in told if one.order == order), None)
    if case is None or event is None:
        return []
    if isinstance(event.fact, CaseEscalated):
        return notify_tier(desk, case, event, event.fact)
    if is_mailed(case, event):
        return [answer_by_mail(desk, case, told, event)]
    return [tell_customer(desk, case, told, event)]
