"""The deliveries function: events go out to the endpoints of shops."""

from typing import Any

from chalicelib.adapters.aws.messages import CaseEventMessage, DeliveryMessage, TimerMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, wait_until, work_through
from chalicelib.observability import about, count, logger


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Deliveries are to be made; the answer names the messages to be delivered again."""
    return work_through(event, HANDLERS)


def follow_up(message: CaseEventMessage) -> None:
    """Plan the deliveries of an event."""
    from chalicelib.usecases.cases.follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "deliveries", message.case_key, message.order)
    logger.info("deliveries planned", extra={"outcomes": outcomes})


def try_again(message: TimerMessage) -> None:
    """The time of a delivery's next try has come."""
    wait_until(message.at)
    _try(message.key)


def try_new(message: DeliveryMessage) -> None:
    """A delivery is new."""
    _try(message.key)


def _try(key: str) -> None:
    from chalicelib.usecases.webhooks_out.deliver import deliver

    after = deliver(services(), key)
    if after is None:
        return
    last = after.attempts[-1]
    logger.info("tried", extra={"delivery": after.id, "state": after.state, "status": last.status, "try": after.tries})
    if after.state == "failed":
        count("DeliveriesFailed")


HANDLERS: Handlers = {CaseEventMessage: follow_up, TimerMessage: try_again, DeliveryMessage: try_new}
