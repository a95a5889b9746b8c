"""The clocks function: a timer of a case is due. Promises may be broken, tiers climbed, cases closed."""

from typing import Any

from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.bootstrap import services
from chalicelib.domain.cases.events import Event
from chalicelib.entrypoints.workers.batch import Handlers, wait_until, work_through
from chalicelib.observability import about, count, logger


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Timers are due; the answer names the messages to be delivered again."""
    return work_through(event, HANDLERS)


def run_timers(message: TimerMessage) -> None:
    """Write down what time has done to the case; or let its events go, whose opening never came."""
    from chalicelib.usecases.intake.expire_orphans import expire_orphans
    from chalicelib.usecases.timers.run_due_timers import run_due_timers

    about(message.key)
    wait_until(message.at)
    expired = expire_orphans(services(), message.key) if message.kind == "orphan" else 0
    if expired:
        count("OrphansExpired", expired)
        return
    written = run_due_timers(services(), message.key)
    _measure_lateness(written)
    logger.info("woken", extra={"events": [event.type for event in written]})


def _measure_lateness(written: list[Event]) -> None:
    from chalicelib.domain.cases.facts import ClockBreached

    for event in written:
        if isinstance(event.fact, ClockBreached):
            late = (event.at - event.fact.due_at) / 1000
            logger.info("breached", extra={"clock": event.fact.clock, "late_seconds": late})
            count("BreachLateness", late, "Seconds")


HANDLERS: Handlers = {TimerMessage: run_timers}
