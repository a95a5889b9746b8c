"""The search function indexes cases: it lets them be found by what their events say."""

from typing import Any

from chalicelib.adapters.aws.messages import CaseEventMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch
from chalicelib.observability import about, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Index the events of cases; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_case_event(message: CaseEventMessage) -> None:
    """Let the case of an event be found by it."""
    from chalicelib.usecases.cases.run_follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "search", message.case_key, message.order)
    logger.info("indexed", extra={"outcomes": outcomes})


HANDLERS: Handlers = {CaseEventMessage: handle_case_event}
"""The kinds of messages that the queue has."""
