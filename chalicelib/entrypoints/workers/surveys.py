"""The surveys function sends surveys to customers."""

from typing import Any

from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch, wait_until
from chalicelib.observability import about, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Send the surveys that are due; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_timer(message: TimerMessage) -> None:
    """Send the survey of a case, if it is due."""
    from chalicelib.usecases.surveys.send_survey import send_survey

    about(message.key)
    wait_until(message.at)
    fact = send_survey(services(), message.key)
    logger.info("survey", extra={"fact": type(fact).__name__, "reason": getattr(fact, "reason", None)})


HANDLERS: Handlers = {TimerMessage: handle_timer}
