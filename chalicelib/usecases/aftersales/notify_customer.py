"""Tell the customer how their return, exchange, repair, refund or complaint stands, in their language."""

from typing import Any

from chalicelib.domain.aftersales.customer_view import said
from chalicelib.domain.aftersales.notices import OFFERS, PROMISED, STEPS, next_phrase, state_phrase
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_local
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.handle_bounce import is_undeliverable
from chalicelib.usecases.notifications.send_email import compose, send_once
from chalicelib.usecases.notifications.signed_links import progress_link
from chalicelib.usecases.ports.services import Services, rules_of, shop_of


def notify_customer(services: Services, now: Case, told: list[Event], event: Event) -> str:
    """Send the mail of a step of the case, of which all events are `told`, once; what became of it.

    It tells of the case as it stood after that step, so that steps in quick succession are each told as they were.
    """
    if not isinstance(event.fact, STEPS):
        return "nothing to tell"
    rules = rules_of(services, now.shop, now.policy, now.calendar)
    case = fold((one for one in told if one.seq <= event.seq), rules, services.registries.reducers)
    customer = services.customers.load([key_of_id(now.customer)]).get(key_of_id(now.customer))
    if case is None or case.flow is None or customer is None or not customer.email:
        return "no address"
    if is_undeliverable(services, now, customer.email):
        return "undeliverable"
    shop = shop_of(services, case.shop, fresh=False)
    language = customer.language or case.language
    values = {
        "shop": shop.name,
        "name": customer.name or "",
        "number": case.number,
        "link": progress_link(services, shop, case.id),
        **flow_words(services, shop, case, case.flow, language),
        **_said(event),
    }
    reminder = isinstance(event.fact, FlowTimedOut) and event.fact.does == "remind"
    mail = compose(
        services, shop, "flow", language, customer.email, values | {"reminder": reminder}, case=key_of_id(case.id)
    )
    return send_once(services, f"told#{key_of_id(event.id)}", mail)


def flow_words(services: Services, shop: Shop, case: Case, flow: Flow, language: str) -> dict[str, Any]:
    """What a flow's state is called, what happens next and by when, in the customer's language."""
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
        "until": format_local(flow.deadline.at, shop.time_zone) if flow.deadline and flow.turn in PROMISED else "",
    }


def _said(event: Event) -> dict[str, Any]:
    """What the step itself told the customer: why or what is offered, how much, and by which parcel."""
    fact = said(event).fact
    if not isinstance(fact, FlowMoved):
        return {"reason": "", "amount": "", "tracking": "", "offered": False}
    parcel = " ".join(one for one in (fact.shipment.carrier, fact.shipment.tracking) if one) if fact.shipment else ""
    return {
        "reason": fact.reason or "",
        "tracking": parcel,
        "offered": fact.move in OFFERS,
        "amount": f"{fact.amount.amount} {fact.amount.currency}" if fact.amount else "",
    }
