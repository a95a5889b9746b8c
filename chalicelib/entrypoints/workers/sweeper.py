"""The sweeper function: hands over the timers of the coming minutes."""

from chalicelib.bootstrap import services
from chalicelib.observability import count, logger


def sweep() -> None:
    """Send each timer of the coming minutes to its queue."""
    from chalicelib.usecases.timers.dispatch_due_timers import INTERVAL_MS, dispatch_due_timers

    swept = dispatch_due_timers(services().timers, services().now())
    count("SweeperHeartbeat")
    if swept.gap_seconds > 2 * INTERVAL_MS / 1000:
        count("SweepGapSeconds", swept.gap_seconds, "Seconds")
        logger.warning("the sweeper had been away and caught up", extra={"gap_seconds": swept.gap_seconds})
    logger.info("swept", extra={"alarms": swept.timers})
