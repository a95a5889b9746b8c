"""The surveys function: customers are asked."""

from typing import Any

from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, wait_until, work_through
from chalicelib.observability import about, logger


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Surveys may be due; the answer names the messages to be delivered again."""
    return work_through(event, HANDLERS)


def survey(message: TimerMessage) -> None:
    """A survey may be due."""
    from chalicelib.usecases.surveys.send_survey import send_survey

    about(message.key)
    wait_until(message.at)
    fact = send_survey(services(), message.key)
    logger.info("survey", extra={"fact": type(fact).__name__, "reason": getattr(fact, "reason", None)})


HANDLERS: Handlers = {TimerMessage: survey}
