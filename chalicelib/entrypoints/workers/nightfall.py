"""The nightfall function runs every hour and requests the days that have ended in a shop's time zone."""

from chalicelib.bootstrap import services
from chalicelib.observability import count, logger


def request_days() -> None:
    """Have yesterday's metrics computed for every shop where it is past midnight."""
    from chalicelib.usecases.metrics.schedule_days import schedule_days

    requested = schedule_days(services(), services().metrics, services().now())
    count("NightlyHeartbeat")
    logger.info("days requested", extra={"nights": [str(day) for day in requested]})
    _renew_calendars(sorted({day.shop for day in requested}))


def _renew_calendars(shops: list[str]) -> None:
    """Renew the calendars of shops whose day has ended. An error in one shop does not stop the others."""
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
