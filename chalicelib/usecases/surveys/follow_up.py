"""Cases that follow from other cases: a call after an unhappy survey answer, and a message long after closing."""

from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.surveys.surveys import FOLLOW_UP_SECONDS, FOLLOW_UP_TIER, is_unhappy
from chalicelib.usecases.aftersales.compensate_accepted_offer import compensate_accepted_offer
from chalicelib.usecases.cases.open_case import Request, open_case
from chalicelib.usecases.cases.open_linked_cases import open_linked_cases
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, shop_of


def follow_up(services: Services, key: str, answer_key: str) -> StoredCase | None:
    """Do what follows from the event with this key, once: give what was accepted, or open the follow-up of an unhappy
    answer. None when nothing follows."""
    stored = services.cases.load(key)
    answer = next((event for event in services.cases.events(key) if key_of_id(event.id) == answer_key), None)
    if answer is not None and isinstance(answer.fact, FlowMoved | FlowTimedOut):
        return compensate_accepted_offer(services, key)
    if stored.case is None or answer is None or not isinstance(answer.fact, SurveyAnswered):
        return None
    if stored.case.historical or not is_unhappy(answer.fact):
        return None
    case = stored.case
    scores = ", ".join(
        f"{name} {score}" for name, score in (("CSAT", answer.fact.csat), ("NPS", answer.fact.nps)) if score is not None
    )
    request = Request(
        external_id=f"follow-up/{answer_key}",
        kind="complaint",
        channel=case.channel,
        priority="high",
        tier=FOLLOW_UP_TIER,
        first_reply_seconds=FOLLOW_UP_SECONDS,
        customer=case.customer,
        language=case.language,
        subject=f"{case.number}: {scores}",
        message=answer.fact.comment or "",
        at=answer.at,
        by=Actor("system"),
        order=services.cases.opening([key])[key].order,
        links=(case.id,),
    )
    return open_case(services, shop_of(services, case.shop), request)


def adopt_waiting_events(services: Services, shop: Shop, stored: StoredCase) -> None:
    """After a case is opened whose events arrived before it: mark their receipts as processed, and do what follows from
    those events."""
    if stored.case is None or stored.version == 1:
        return
    for event in services.cases.events(stored.key):
        if isinstance(event.fact, SurveyAnswered):
            follow_up(services, stored.key, key_of_id(event.id))
        waiting = services.receipts.load(event.receipt) if event.receipt else None
        if waiting is not None and waiting.state == "stored" and waiting.attempts:
            services.receipts.settle(waiting.id, "processed", stored.case.id, None)
    open_linked_cases(services, shop, stored)
