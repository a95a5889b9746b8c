"""The nightfall function: a shop's day has ended."""

from chalicelib.bootstrap import services
from chalicelib.observability import count, logger


def plan_days() -> None:
    """Have yesterday computed for every shop that is past midnight."""
    from chalicelib.usecases.metrics.schedule_days import schedule_days

    planned = schedule_days(services(), services().metrics, services().now())
    count("NightlyHeartbeat")
    logger.info("nights planned", extra={"nights": planned})
    _renew_calendars(sorted({one.partition(" ")[0] for one in planned}))


def _renew_calendars(shops: list[str]) -> None:
    """Whose day has ended looks at its calendars. What goes wrong with one shop's does not keep the others'."""
    from chalicelib.usecases.shops.renew_calendars import renew_calendars

    for shop in shops:
        try:
            doubtful = renew_calendars(services(), shop)
        except Exception:
            logger.exception("calendars not renewed", extra={"shop": shop})
            doubtful = 1
        if doubtful:
            logger.warning("calendar in doubt", extra={"shop": shop, "doubts": doubtful})
            count("CalendarsInDoubt", doubtful)
