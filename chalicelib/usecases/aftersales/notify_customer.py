"""Email the customer about each step of their return, exchange, repair, refund or complaint, in their language."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.aftersales.customer_view import visible_event
from chalicelib.domain.aftersales.notices import OFFERS, STEPS, TURNS_WITH_DEADLINE, next_phrase, state_phrase
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_local
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.handle_bounce import is_undeliverable
from chalicelib.usecases.notifications.send_email import Draft, compose, send_once
from chalicelib.usecases.notifications.signed_links import progress_link
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of, shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class NotifyCustomerServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `notify_customer` uses."""


def notify_customer(services: "NotifyCustomerServices", stored: StoredCase, event: Event) -> str:
    """Send the email about one step of the case's flow, once. Returns the outcome.

    The email describes the case as it was after that step, so each of several quick steps is described as it happened.
    """
    current = stored.case
    if current is None or not isinstance(event.fact, STEPS):
        return "nothing to tell"
    case = _case_after(services, stored, current, event)
    customer = services.customers.load([key_of_id(current.customer)]).get(key_of_id(current.customer))
    if case is None or case.flow is None or customer is None or not customer.email:
        return "no address"
    if is_undeliverable(services, current, customer.email):
        return "undeliverable"
    shop = shop_of(services, case.shop, fresh=False)
    language = customer.language or case.language
    values = {
        "shop": shop.name,
        "name": customer.name or "",
        "number": case.number,
        "link": progress_link(services, shop, case.id),
        **flow_words(services, shop, case, case.flow, language),
        **_step_values(event),
        "reminder": isinstance(event.fact, FlowTimedOut) and event.fact.does == "remind",
    }
    draft = Draft(name="flow", language=language, to=customer.email, values=values, case=key_of_id(case.id))
    return send_once(services, f"told#{key_of_id(event.id)}", compose(services, shop, draft))


def _case_after(services: "NotifyCustomerServices", stored: StoredCase, current: Case, event: Event) -> Case | None:
    """The case as the change with this event left it; its events are read only if others were stored since."""
    if stored.version == event.seq:
        return current
    rules = rules_of(services, current.shop, current.policy, current.calendar)
    until_then = (earlier for earlier in services.cases.events_to_fold(stored) if earlier.seq <= event.seq)
    return fold(until_then, rules, services.registries.reducers)


def flow_words(services: "NotifyCustomerServices", shop: Shop, case: Case, flow: Flow, language: str) -> dict[str, Any]:
    """The name of the flow's state, what happens next and by when, in the customer's language."""
    rules = rules_of(services, case.shop, case.policy, case.calendar).policy.after_sales
    about = {
        "assignee": case.assignee or shop.name,
        "warranty": rules.repair_warranty_days,
        "consumer_body": rules.consumer_body or services.pages.text("consumer_body", language),
    }
    return {
        "kind": services.pages.text(f"kind_{flow.kind}", language),
        "state": services.pages.text(state_phrase(flow.kind, flow.state), language),
        "next": services.pages.text(next_phrase(flow), language, **about),
        "until": format_local(flow.deadline.at, shop.time_zone)
        if flow.deadline and flow.turn in TURNS_WITH_DEADLINE
        else "",
    }


def _step_values(event: Event) -> dict[str, Any]:
    """The values of the step itself: its reason or offer, the amount, and the parcel."""
    fact = visible_event(event).fact
    if not isinstance(fact, FlowMoved):
        return {"reason": "", "amount": "", "tracking": "", "offered": False}
    tracking = (fact.shipment.carrier, fact.shipment.tracking) if fact.shipment else ()
    return {
        "reason": fact.reason or "",
        "tracking": " ".join(part for part in tracking if part),
        "offered": fact.move in OFFERS,
        "amount": f"{fact.amount.amount} {fact.amount.currency}" if fact.amount else "",
    }
