"""Cases that follow from other cases: a call after an unhappy survey answer, and a message long after closing."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.surveys.surveys import FOLLOW_UP_SECONDS, FOLLOW_UP_TIER, is_unhappy
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.cases.reported.open_linked_cases import open_linked_cases
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasOrderRecords,
        HasReceipts,
        HasRegistries,
        HasShops,
    )

    class FollowUpServices(
        HasCases, HasClock, HasCustomers, HasOrderRecords, HasReceipts, HasRegistries, HasShops, Protocol
    ):
        """The services that `follow_up` uses."""


def follow_up(services: "FollowUpServices", case: Case, answer: Event) -> StoredCase | None:
    """Open the follow-up of an unhappy answer to a survey of the case, once. None when nothing follows."""
    if case.historical or not isinstance(answer.fact, SurveyAnswered) or not is_unhappy(answer.fact):
        return None
    key, answer_key = key_of_id(case.id), key_of_id(answer.id)
    scores = ", ".join(
        f"{name} {score}" for name, score in (("CSAT", answer.fact.csat), ("NPS", answer.fact.nps)) if score is not None
    )
    request = CaseRequest(
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
        occurred_at=answer.at,
        by=Actor("system"),
        order=services.cases.opening([key])[key].order,
        links=(case.id,),
    )
    return open_case(services, shop_of(services, case.shop), request)


def adopt_waiting_events(services: "FollowUpServices", shop: Shop, stored: StoredCase) -> None:
    """After a case is opened whose events arrived before it: mark their receipts as processed, and do what follows from
    those events."""
    if stored.case is None or stored.version == 1:
        return
    for event in services.cases.events(stored.key):
        follow_up(services, stored.case, event)
        waiting = services.receipts.load(event.receipt) if event.receipt else None
        if waiting is not None and waiting.state == "stored" and waiting.attempts:
            services.receipts.settle(waiting, "processed", stored.case.id, None)
    open_linked_cases(services, shop, stored)
