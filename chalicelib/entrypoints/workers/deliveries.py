"""The deliveries function sends events to the endpoints of shops."""

from typing import Any

from chalicelib.adapters.aws.messages import CaseEventMessage, DeliveryMessage, TimerMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch, wait_until
from chalicelib.observability import about, count, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Plan and make deliveries; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_case_event(message: CaseEventMessage) -> None:
    """Plan the deliveries of an event."""
    from chalicelib.usecases.cases.run_follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "deliveries", message.case_key, message.order)
    logger.info("deliveries planned", extra={"outcomes": outcomes})


def handle_timer(message: TimerMessage) -> None:
    """Make the next attempt of a delivery, whose time has come."""
    wait_until(message.at)
    _attempt(message.key)


def handle_delivery(message: DeliveryMessage) -> None:
    """Make the first attempt of a delivery."""
    _attempt(message.key)


def _attempt(key: str) -> None:
    from chalicelib.usecases.webhooks_out.deliver import deliver

    delivery = deliver(services(), key)
    if delivery is None:
        return
    attempt = delivery.attempts[-1]
    details = {"delivery": delivery.id, "state": delivery.state, "status": attempt.status, "try": delivery.tries}
    logger.info("tried", extra=details)
    if delivery.state == "failed":
        count("DeliveriesFailed")


HANDLERS: Handlers = {CaseEventMessage: handle_case_event, TimerMessage: handle_timer, DeliveryMessage: handle_delivery}
