"""The insights function understands the feedback of a shop; it alone loads arrays, models and encoders."""

from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws.messages import LearnMessage
from chalicelib.adapters.insights.stores.run_table import RunTable
from chalicelib.adapters.metrics.feedback_report import publish_feedback_report
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch
from chalicelib.observability import count, logger
from chalicelib.usecases.insights.understand_shop import understand_shop
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from chalicelib.adapters.insights.nightly.analyst import InsightAnalyst
    from chalicelib.domain.insights.findings import Findings
    from chalicelib.domain.insights.model_card import ModelCard


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Understand the requested shops; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


@cache
def _analyst() -> "InsightAnalyst":
    from chalicelib.adapters.insights.nightly.analyst import InsightAnalyst

    return InsightAnalyst()


def handle_learn(message: LearnMessage) -> None:
    """Understand the feedback of a shop on the day that a message requests."""
    runs = RunTable(services().table)
    day = runs.requested(message.shop, message.run)
    if day is None:
        return
    shop = shop_of(services(), message.shop)
    findings, card = understand_shop(services(), _analyst(), runs, services().metrics, shop, day)
    publish_feedback_report(services().pages, services().data_lake, shop, findings)
    runs.finish(message.shop, message.run)
    _log(findings, card)


def _log(findings: "Findings", card: "ModelCard | None") -> None:
    count("FeedbackItemsRead", findings.items)
    figures = {"items": findings.items, "topics": len(findings.topics), "alerts": len(findings.alerts)}
    model = {"model": card.state, "texts": card.texts, "drift": card.drift} if card is not None else {}
    logger.info("understood", extra={"shop": findings.shop, "day": findings.day, **figures, **model})


HANDLERS: Handlers = {LearnMessage: handle_learn}
