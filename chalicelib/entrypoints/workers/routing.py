"""The routing function: a case wants an agent, or an agent has room, comes, or begins their shift."""

from typing import Any

from chalicelib.adapters.aws.messages import CaseEventMessage, MatchingMessage, TimerMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, wait_until, work_through
from chalicelib.observability import about, logger


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Cases are given to agents; the answer names the messages to be delivered again."""
    return work_through(event, HANDLERS)


def follow_up(message: CaseEventMessage) -> None:
    """Assign the case of an event, and what waits."""
    from chalicelib.usecases.cases.follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "routing", message.case_key, message.order)
    logger.info("routed", extra={"outcomes": outcomes})


def begin_shift(message: TimerMessage) -> None:
    """An agent's shift begins; the timer's key is the shop's and theirs."""
    from chalicelib.usecases.routing.shifts import start_shift

    wait_until(message.at)
    shop, _, agent = message.key.partition("/")
    logger.info("queue looked at", extra={"given": len(start_shift(services(), shop, agent))})


def match(message: MatchingMessage) -> None:
    """Give waiting cases to agents who have room."""
    from chalicelib.usecases.ports.services import shop_of
    from chalicelib.usecases.routing.assign_case import assign_waiting_cases

    given = assign_waiting_cases(services(), shop_of(services(), message.shop, fresh=False))
    logger.info("queue looked at", extra={"given": len(given)})


HANDLERS: Handlers = {CaseEventMessage: follow_up, TimerMessage: begin_shift, MatchingMessage: match}
