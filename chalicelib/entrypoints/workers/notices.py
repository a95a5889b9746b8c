"""The notices function: tiers, customers and shops get their emails, and people the copies of their data."""

from typing import Any

from chalicelib.adapters.aws.messages import CalendarMessage, CaseEventMessage, ExportMessage, HelpMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, work_through
from chalicelib.observability import about, logger


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Somebody is to be notified; the answer names the messages to be delivered again."""
    return work_through(event, HANDLERS)


def follow_up(message: CaseEventMessage) -> None:
    """Notify whom an event concerns."""
    from chalicelib.usecases.cases.follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "notices", message.case_key, message.order)
    logger.info("notified", extra={"outcomes": outcomes})


def export(message: ExportMessage) -> None:
    """Make a copy of a customer's data, and mail its link."""
    from chalicelib.entrypoints.http.portal.export_zip import export_json
    from chalicelib.usecases.privacy.export_customer import make_export

    about(message.id)
    logger.info("export", extra={"outcome": make_export(services(), message.id, export_json)})


def warn_of_calendar(message: CalendarMessage) -> None:
    """Tell a shop what is wrong with its calendar."""
    from chalicelib.usecases.shops.renew_calendars import send_calendar_warning

    about(message.shop)
    outcome = send_calendar_warning(services(), message.shop, message.warning)
    logger.info("calendar", extra={"shop": message.shop, "outcome": outcome})


def help_link(message: HelpMessage) -> None:
    """Mail the link by which a customer goes on with their request for help."""
    from chalicelib.usecases.portal.request_help import send_help_link

    about(message.key)
    logger.info("help", extra={"outcome": send_help_link(services(), message.key)})


HANDLERS: Handlers = {
    CaseEventMessage: follow_up,
    ExportMessage: export,
    CalendarMessage: warn_of_calendar,
    HelpMessage: help_link,
}
