"""What queues, the stream and the clock call. Each message is carried out by itself; one that fails comes again."""

import time
from collections.abc import Callable
from typing import Any

from chalicelib.adapters.aws import keys, queues
from chalicelib.adapters.aws.queues import Message, Outgoing
from chalicelib.adapters.timers.timer_table import delay_until
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.observability import about, count, logger
from chalicelib.usecases.ports import RetryLater

EARLY = SECOND_MS  # near alarms are delivered this much too early, so that waking a function does not make them late
RecordHandler = Callable[[Message], None]


AGAIN_AFTER_SECONDS = (2, 10, 60, 300, 900)  # after the first, second … failure; then it is a dead letter


def work_through(event: dict[str, Any], carry_out: RecordHandler) -> dict[str, Any]:
    """Carry out a batch of queue messages; the answer names those to be delivered again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def handle(record: dict[str, Any]) -> None:
        try:
            carry_out(queues.read(record["body"]))
        except RetryLater as later:
            logger.info("later", extra={"why": str(later)})
            _look_again(record)
            raise
        except Exception:
            logger.exception("message failed", extra={"delivery": record["messageId"]})
            _look_again(record)
            raise

    records = sorted(event["Records"], key=lambda record: queues.read(record["body"]).sk)  # the earliest alarm first
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(  # type: ignore[return-value]
        event={"Records": records}, record_handler=handle, processor=processor, context=None
    )


def _look_again(record: dict[str, Any]) -> None:
    """Have a failed message back sooner than its visibility timeout, and later each time."""
    tried = int(record["attributes"]["ApproximateReceiveCount"])
    seconds = AGAIN_AFTER_SECONDS[min(tried, len(AGAIN_AFTER_SECONDS)) - 1]
    try:
        services().queues.look_again(record["receiptHandle"], seconds)
    except Exception:  # it comes back all the same, only later
        logger.warning("visibility not changed", extra={"delivery": record["messageId"]})


def relay(event: dict[str, Any]) -> None:
    """The only publisher: what a transaction wrote with a queue's name goes to that queue, once or more."""
    outgoing = []
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and "relay" in image:
            pk, sk, queues_named = (image[name]["S"] for name in ("pk", "sk", "relay"))
            outgoing += [_outgoing(queue, pk, sk) for queue in queues_named.split(",")]
    services().queues.send(outgoing)
    logger.info("relayed", extra={"messages": len(outgoing), "records": len(event["Records"])})


def _outgoing(queue: str, pk: str, sk: str) -> Outgoing:
    is_alarm = pk.startswith("DUE#")
    delay = delay_until(keys.read_timer_sort(sk)[0] - EARLY, services().now()) if is_alarm else 0
    return Outgoing(queue, Message(pk, sk), delay)


def clocks(message: Message) -> None:
    """An alarm rings: promises may be broken, tiers climbed, cases closed."""
    from chalicelib.domain.cases.facts import ClockBreached
    from chalicelib.usecases.intake.expire_orphans import expire_orphans
    from chalicelib.usecases.timers.run_due_timers import run_due_timers

    at, kind, key = keys.read_timer_sort(message.sk)
    about(key)
    _wait_until(at)
    expired = expire_orphans(services(), key) if kind == "orphan" else 0
    if expired:
        count("OrphansExpired", expired)
        return
    export_json = run_due_timers(services(), key)
    for event in export_json:
        if isinstance(event.fact, ClockBreached):
            late = (event.at - event.fact.due_at) / 1000
            logger.info("breached", extra={"clock": event.fact.clock, "late_seconds": late})
            count("BreachLateness", late, "Seconds")
    logger.info("woken", extra={"events": [event.type for event in export_json]})


def surveys(message: Message) -> None:
    """A survey may be due."""
    from chalicelib.usecases.surveys.send_survey import send_survey

    at, _, key = keys.read_timer_sort(message.sk)
    about(key)
    _wait_until(at)
    fact = send_survey(services(), key)
    logger.info("survey", extra={"fact": type(fact).__name__, "reason": getattr(fact, "reason", None)})


def notices(message: Message) -> None:
    """A tier is to be told of an escalation, a customer of a step or of where to go on."""
    from chalicelib.usecases.notifications.notify import notify
    from chalicelib.usecases.portal.request_help import send_help_link

    kind, _, key = message.pk.partition("#")
    about(key)
    if kind == "EXPORT":
        from chalicelib.entrypoints.http.portal.export_zip import export_json
        from chalicelib.usecases.privacy.export_customer import make_export

        logger.info("export", extra={"outcome": make_export(services(), key, export_json)})
        return
    if kind == "CALENDAR":
        from chalicelib.usecases.shops.renew_calendars import send_calendar_warning

        logger.info("calendar", extra={"shop": key, "outcome": send_calendar_warning(services(), key, message.sk)})
        return
    if kind == "HELP":
        logger.info("help", extra={"outcome": send_help_link(services(), key)})
        return
    logger.info("notified", extra={"outcomes": notify(services(), key, message.sk.removeprefix("E#"))})


def deliveries(message: Message) -> None:
    """An event is to go out to a shop's endpoints, or a delivery to be tried."""
    from chalicelib.entrypoints.http.cases.views import event_view
    from chalicelib.usecases.webhooks_out.deliver import deliver, plan_deliveries

    kind, _, key = message.pk.partition("#")
    if kind == "CASE":
        about(key)
        made = plan_deliveries(services(), key, message.sk.removeprefix("E#"), event_view)
        logger.info("deliveries planned", extra={"deliveries": made})
        return
    if kind == "DUE":
        at, _, key = keys.read_timer_sort(message.sk)
        _wait_until(at)
    after = deliver(services(), key)
    if after is None:
        return
    last = after.attempts[-1]
    logger.info("tried", extra={"delivery": after.id, "state": after.state, "status": last.status, "try": after.tries})
    if after.state == "failed":
        count("DeliveriesFailed")


def routing(message: Message) -> None:
    """A case wants an agent, or an agent has room, comes, or begins their shift."""
    from chalicelib.usecases.ports.services import shop_of
    from chalicelib.usecases.routing.assign_case import assign_case, assign_waiting_cases, start_shift

    kind, _, key = message.pk.partition("#")
    if kind == "CASE":
        about(key)
        logger.info("routed", extra={"to": assign_case(services(), key)})
        return
    if kind == "DUE":
        at, _, place = keys.read_timer_sort(message.sk)
        _wait_until(at)
        shop, _, agent = place.partition("/")
        given = start_shift(services(), shop, agent)
    else:
        given = assign_waiting_cases(services(), shop_of(services(), key, fresh=False))
    logger.info("queue looked at", extra={"given": len(given)})


def metrics(message: Message) -> None:
    """A night is to be computed."""
    from chalicelib.entrypoints.workers.metrics import compute

    compute(message)


def sweep() -> None:
    """Hand over the alarms of the coming minutes."""
    from chalicelib.usecases.timers.dispatch_due_timers import EVERY, dispatch_due_timers

    swept = dispatch_due_timers(services().timers, services().now())
    count("SweeperHeartbeat")
    if swept.gap_seconds > 2 * EVERY / 1000:
        count("SweepGapSeconds", swept.gap_seconds, "Seconds")
        logger.warning("the sweeper had been away and caught up", extra={"gap_seconds": swept.gap_seconds})
    logger.info("swept", extra={"alarms": swept.timers})


def nightfall() -> None:
    """Have yesterday computed for every shop that is past midnight."""
    from chalicelib.usecases.metrics.schedule_days import schedule_days

    planned = schedule_days(services(), services().nights, services().now())
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


def _wait_until(at: int) -> None:
    """What is left of the second that a queue's whole-second delay cuts off, and of the early one."""
    time.sleep(min(max(0.0, (at - services().now()) / 1000), 2.0))
