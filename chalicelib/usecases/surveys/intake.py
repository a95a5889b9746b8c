"""The intake handler of the webhook with the answer to an external survey."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.surveys.payloads import SurveyAnswer, check_answer
from chalicelib.usecases.cases.intake import owner_of_case, reported_case
from chalicelib.usecases.cases.reported.reported_events import Reported, becomes_reported
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _handle_answer(services: "Services", shop: Shop, data: SurveyAnswer, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.reported.report_to_case import append_reported_events

    return append_reported_events(services, shop, data, incoming, _reported(incoming.receipt, data))


def _reported(_receipt: Receipt, data: SurveyAnswer) -> Reported:
    fact = SurveyAnswered(csat=data.csat, nps=data.nps, ces=data.ces, comment=data.comment)
    return Reported(Actor("customer"), [fact])


INTAKE: IntakeTable = (
    IntakeHandler(
        data=SurveyAnswer,
        handle=_handle_answer,
        webhooks=("survey.answered",),
        check=check_answer,
        owner=owner_of_case,
        case=reported_case,
        becomes=becomes_reported(_reported),
    ),
)
