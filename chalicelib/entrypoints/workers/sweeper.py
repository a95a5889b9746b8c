"""The sweeper function sends the timers of the coming minutes to their queues."""

from chalicelib.bootstrap import services
from chalicelib.observability import count, logger


def sweep() -> None:
    """Send each timer of the coming minutes to its queue."""
    from chalicelib.usecases.timers.dispatch_due_timers import INTERVAL_MS, dispatch_due_timers

    result = dispatch_due_timers(services().timers, services().now)
    count("SweeperHeartbeat")
    if result.gap_seconds > 2 * INTERVAL_MS / 1000:
        count("SweepGapSeconds", result.gap_seconds, "Seconds")
        logger.warning("the sweeper had not run and caught up", extra={"gap_seconds": result.gap_seconds})
    logger.info("timers sent", extra={"timers": result.timers})
