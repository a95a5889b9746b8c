"""The routing function assigns cases: when a case needs an agent, and when an agent has room or starts their shift."""

from typing import Any

from chalicelib.adapters.aws.messages import CaseEventMessage, MatchingMessage, TimerMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch, wait_until
from chalicelib.observability import about, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Assign cases to agents; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_case_event(message: CaseEventMessage) -> None:
    """Assign the case of an event, then waiting cases."""
    from chalicelib.usecases.cases.run_follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "routing", message.case_key, message.order)
    logger.info("routed", extra={"outcomes": outcomes})


def handle_timer(message: TimerMessage) -> None:
    """Start the shift of an agent; the timer's key is `<shop>/<agent>`."""
    from chalicelib.usecases.routing.shifts import start_shift

    wait_until(message.at)
    shop, _, agent = message.key.partition("/")
    logger.info("queue matched", extra={"given": len(start_shift(services(), shop, agent))})


def handle_matching(message: MatchingMessage) -> None:
    """Assign waiting cases to agents who have room."""
    from chalicelib.usecases.ports.shop_rules import shop_of
    from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases

    given = assign_waiting_cases(services(), shop_of(services(), message.shop, fresh=False))
    logger.info("queue matched", extra={"given": len(given)})


HANDLERS: Handlers = {CaseEventMessage: handle_case_event, TimerMessage: handle_timer, MatchingMessage: handle_matching}
