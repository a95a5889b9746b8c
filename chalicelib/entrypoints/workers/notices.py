"""The notices function sends emails to agents, customers and shops, and makes the exports of customers' data."""

from typing import Any

from chalicelib.adapters.aws.messages import AlertMessage, CalendarMessage, CaseEventMessage, ExportMessage, HelpMessage
from chalicelib.bootstrap import services
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch
from chalicelib.observability import about, logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Send notices; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


def handle_case_event(message: CaseEventMessage) -> None:
    """Notify the people whom an event concerns."""
    from chalicelib.usecases.cases.run_follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "notices", message.case_key, message.order)
    logger.info("notified", extra={"outcomes": outcomes})


def handle_export(message: ExportMessage) -> None:
    """Make an export of a customer's data, and send them the link to it."""
    from chalicelib.entrypoints.http.portal.export_zip import export_json
    from chalicelib.usecases.privacy.export_customer import make_export

    about(message.id)
    logger.info("export", extra={"outcome": make_export(services(), message.id, export_json)})


def handle_calendar(message: CalendarMessage) -> None:
    """Warn a shop that its calendar needs attention."""
    from chalicelib.usecases.shops.renew_calendars import send_calendar_warning

    about(message.shop)
    outcome = send_calendar_warning(services(), message.shop, message.warning)
    logger.info("calendar", extra={"shop": message.shop, "outcome": outcome})


def handle_help(message: HelpMessage) -> None:
    """Send the link with which a customer continues their request for help."""
    from chalicelib.usecases.portal.request_help import send_help_link

    about(message.key)
    logger.info("help", extra={"outcome": send_help_link(services(), message.key)})


def handle_alert(message: AlertMessage) -> None:
    """Send an alert of the nightly job to its shop."""
    from chalicelib.adapters.insights.stores.run_table import RunTable
    from chalicelib.usecases.insights.send_alert import send_alert

    day = RunTable(services().table).day_of_alert(message.shop, message.alert)
    outcome = send_alert(services(), message.shop, day, message.alert) if day is not None else "gone"
    logger.info("alert", extra={"shop": message.shop, "alert": message.alert, "outcome": outcome})


HANDLERS: Handlers = {
    CaseEventMessage: handle_case_event,
    ExportMessage: handle_export,
    CalendarMessage: handle_calendar,
    HelpMessage: handle_help,
    AlertMessage: handle_alert,
}
