"""The live function notes changes of cases in the feeds of their shops, and nudges the open desks."""

from typing import Any

from chalicelib.adapters.aws.messages import CaseEventMessage, NudgeMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch, wait_until
from chalicelib.observability import about, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Note changes and nudge desks; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_case_event(message: CaseEventMessage) -> None:
    """Note the change of an event."""
    from chalicelib.usecases.cases.run_follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "live", message.case_key, message.order)
    logger.info("changes noted", extra={"outcomes": outcomes})


def handle_nudge(message: NudgeMessage) -> None:
    """Nudge the desks of a shop when the time for it has come."""
    from chalicelib.usecases.live.nudge_pages import nudge_of_second

    due_at = int(message.due_at)
    wait_until(due_at)
    logger.info("nudged", extra={"shop": message.shop, "pages": nudge_of_second(services(), message.shop, due_at)})


HANDLERS: Handlers = {CaseEventMessage: handle_case_event, NudgeMessage: handle_nudge}
