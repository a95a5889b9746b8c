"""What a webhook says about a case: the events it becomes, and the case that is told of them."""

from chalicelib.domain.cases.facts import CaseClosed, CaseResolved, MessageReceived, ReplySent
from chalicelib.domain.cases.payloads import CustomerMessage, HelpdeskReport
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_reported_events import Reported, append_reported_events
from chalicelib.usecases.ports.intake import Incoming, Outcome
from chalicelib.usecases.ports.services import Services


def report_message(services: Services, shop: Shop, data: CustomerMessage, incoming: Incoming) -> Outcome:
    """The customer wrote."""
    reported = Reported(Actor("customer"), [MessageReceived(message=data.message)], by_customer=True)
    return append_reported_events(services, shop, data, incoming, reported)


def report_of_helpdesk(services: Services, shop: Shop, data: HelpdeskReport, incoming: Incoming) -> Outcome:
    """An outside helpdesk replied to the case, resolved it or closed it."""
    reported = Reported(Actor("agent", data.agent), _facts(incoming.type, data))
    return append_reported_events(services, shop, data, incoming, reported)


def _facts(kind: str, data: HelpdeskReport) -> list[Fact]:
    replies: list[Fact] = [ReplySent(message=data.message)] if data.message is not None else []
    if kind == "case.replied":
        return replies or [ReplySent(message="")]
    return [*replies, CaseResolved() if kind == "case.resolved" else CaseClosed()]
