"""The clocks function handles due timers of cases: clocks are breached, cases are escalated or closed."""

from typing import Any

from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.bootstrap import services
from chalicelib.domain.cases.events import Event
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch, wait_until
from chalicelib.observability import about, count, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Handle due timers; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_timer(message: TimerMessage) -> None:
    """Append what is due on a case; or delete the events of a case that was never opened."""
    from chalicelib.usecases.intake.expire_orphans import expire_orphans
    from chalicelib.usecases.timers.run_due_timers import run_due_timers

    if message.kind == "reply":
        _deliver_reply(message)
        return
    about(message.key)
    wait_until(message.at)
    expired = expire_orphans(services(), message.key) if message.kind == "orphan" else 0
    if expired:
        count("OrphansExpired", expired)
        return
    appended = run_due_timers(services(), message.key)
    _count_lateness(appended)
    logger.info("timers run", extra={"events": [event.type for event in appended]})


def _deliver_reply(message: TimerMessage) -> None:
    """Send a reply that can no longer be undone; the timer's key is `<case key>/<id>`."""
    from chalicelib.usecases.composer.deliver_reply import deliver_reply

    case_key, _, identifier = message.key.partition("/")
    about(case_key)
    wait_until(message.at)
    logger.info("reply", extra={"outcome": deliver_reply(services(), case_key, identifier)})


def _count_lateness(appended: list[Event]) -> None:
    """Count how late each breach was found."""
    from chalicelib.domain.cases.facts import ClockBreached

    for event in appended:
        if isinstance(event.fact, ClockBreached):
            late_seconds = (event.at - event.fact.due_at) / 1000
            logger.info("breached", extra={"clock": event.fact.clock, "late_seconds": late_seconds})
            count("BreachLateness", late_seconds, "Seconds")


HANDLERS: Handlers = {TimerMessage: handle_timer}
