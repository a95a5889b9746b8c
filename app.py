"""The deployment map: all functions, and what starts each of them. The work is done in `chalicelib/usecases`, by the
rules in `domain`."""

from chalicelib import cold_start  # first, because the rest is imported with the garbage collector off

# isort: split

from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, DynamoDBEvent, Rate, Request, Response, SQSEvent, WebsocketEvent

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.aftersales.routes import flows
from chalicelib.entrypoints.http.aftersales.tasks import tasks
from chalicelib.entrypoints.http.cases.routes import cases
from chalicelib.entrypoints.http.casework.routes import casework
from chalicelib.entrypoints.http.composer.files import files
from chalicelib.entrypoints.http.composer.macros import macros
from chalicelib.entrypoints.http.composer.mentions import mentions
from chalicelib.entrypoints.http.composer.replies import replies
from chalicelib.entrypoints.http.customers.exports import exports
from chalicelib.entrypoints.http.customers.privacy import personal_data
from chalicelib.entrypoints.http.customers.routes import customers
from chalicelib.entrypoints.http.desk.lists.board import board_routes
from chalicelib.entrypoints.http.desk.lists.bulk import bulk_commands
from chalicelib.entrypoints.http.desk.lists.routes import desk_lists
from chalicelib.entrypoints.http.desk.routes import desk
from chalicelib.entrypoints.http.feedback.routes import feedback
from chalicelib.entrypoints.http.health import health
from chalicelib.entrypoints.http.intake.routes import hooks
from chalicelib.entrypoints.http.live.routes import live
from chalicelib.entrypoints.http.metrics.routes import metrics
from chalicelib.entrypoints.http.portal.help import help_pages
from chalicelib.entrypoints.http.portal.progress import progress
from chalicelib.entrypoints.http.problems import as_problem
from chalicelib.entrypoints.http.routing.routes import agents
from chalicelib.entrypoints.http.search.routes import search
from chalicelib.entrypoints.http.settlement.routes import settlement
from chalicelib.entrypoints.http.shops.routes import shops
from chalicelib.entrypoints.http.shops.templates import templates
from chalicelib.entrypoints.http.shops.webhook_sources import sources
from chalicelib.entrypoints.http.side_conversations.routes import sides
from chalicelib.entrypoints.http.surveys.routes import surveys
from chalicelib.entrypoints.http.triage.routes import triage
from chalicelib.entrypoints.http.webhooks_out.routes import endpoints
from chalicelib.observability import count, logger

app = Chalice(app_name="aftercare", configure_logs=False)
app.api.binary_types = []  # every body is text; webhooks are verified over exactly the bytes that were received
app.experimental_feature_flags.add("WEBSOCKETS")
app.log = logger  # type: ignore[assignment]  # has all of a Logger's methods

for blueprint in (
    health,
    hooks,
    cases,
    casework,
    search,
    flows,
    tasks,
    sides,
    agents,
    customers,
    personal_data,
    shops,
    sources,
    endpoints,
    templates,
    metrics,
    surveys,
    triage,
    feedback,
    help_pages,
    progress,
    exports,
    settlement,
    desk,
    desk_lists,
    bulk_commands,
    board_routes,
    live,
    macros,
    replies,
    files,
    mentions,
):
    app.register_blueprint(blueprint)

STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/care/stream/0"  # infra/deploy/template/ replaces it
QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:queue"  # so is this
BATCH = 10


@app.middleware("all")
def observe(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Clear what an earlier invocation has left: the case on the logger, and the cached keys of customers."""
    logger.set_correlation_id(None)
    services().begin()
    return get_response(event)


@app.middleware("http")
def finish(event: Request, get_response: Callable[[Any], Response]) -> Response:
    """Give errors the form of problem details, and count the answers that are our fault."""
    answer = as_problem(get_response(event))
    if answer.status_code >= 500:
        count("Faults")
    return answer


@app.on_dynamodb_record(stream_arn=STREAM_ARN, batch_size=100, name="relay", starting_position="TRIM_HORIZON")
def relay(event: DynamoDBEvent) -> None:
    """Send new items of the table's stream to their queues."""
    from chalicelib.entrypoints.workers.relay import publish

    publish(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="intake")
def intake(event: SQSEvent) -> dict[str, Any]:
    """Process receipts into cases and events."""
    from chalicelib.entrypoints.workers.intake import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="clocks")
def clocks(event: SQSEvent) -> dict[str, Any]:
    """Handle due timers of cases."""
    from chalicelib.entrypoints.workers.clocks import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="surveys")
def surveys_due(event: SQSEvent) -> dict[str, Any]:
    """Send surveys to customers."""
    from chalicelib.entrypoints.workers.surveys import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="notices")
def notices(event: SQSEvent) -> dict[str, Any]:
    """Send notices to agents, customers and shops."""
    from chalicelib.entrypoints.workers.notices import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=5, name="deliveries")
def deliveries(event: SQSEvent) -> dict[str, Any]:
    """Send webhooks to the endpoints of shops."""
    from chalicelib.entrypoints.workers.deliveries import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=1, name="evidence")
def evidence(event: SQSEvent) -> dict[str, Any]:
    """Check and store files that customers uploaded."""
    from chalicelib.entrypoints.workers.evidence import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="routing")
def routing(event: SQSEvent) -> dict[str, Any]:
    """Assign cases to agents."""
    from chalicelib.entrypoints.workers.routing import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="search")
def indexing(event: SQSEvent) -> dict[str, Any]:
    """Index the events of cases, by which they are found."""
    from chalicelib.entrypoints.workers.search import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=BATCH, name="live")
def live_changes(event: SQSEvent) -> dict[str, Any]:
    """Note changes of cases, and nudge the open desks."""
    from chalicelib.entrypoints.workers.live.queue import handle

    return handle(event.to_dict())


@app.on_ws_connect(name="websocket_connect")
def socket_opened(event: WebsocketEvent) -> dict[str, Any]:
    """Let a page with a ticket open its socket."""
    from chalicelib.entrypoints.workers.live.sockets import connect

    return connect(event.to_dict())


@app.on_ws_message(name="websocket_message")
def socket_message(event: WebsocketEvent) -> None:
    """Store what an open page reports, and answer it."""
    from chalicelib.entrypoints.workers.live.sockets import receive

    receive(event.to_dict())


@app.on_ws_disconnect(name="websocket_disconnect")
def socket_closed(event: WebsocketEvent) -> None:
    """Remove the socket of a page that was closed."""
    from chalicelib.entrypoints.workers.live.sockets import disconnect

    disconnect(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=1, name="mail")
def mail(event: SQSEvent) -> dict[str, Any]:
    """Receive inbound emails."""
    from chalicelib.entrypoints.workers.email import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=1, name="nights")
def nights(event: SQSEvent) -> dict[str, Any]:
    """Compute the daily metrics."""
    from chalicelib.entrypoints.workers.nightly import handle

    return handle(event.to_dict())


@app.on_sqs_message(queue_arn=QUEUE_ARN, batch_size=1, name="insights")
def insights(event: SQSEvent) -> dict[str, Any]:
    """Understand the feedback of a shop."""
    from chalicelib.entrypoints.workers.insights import handle

    return handle(event.to_dict())


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweeper")
def sweeper(_: Any) -> None:
    """Send the timers of the coming minutes to their queues."""
    from chalicelib.entrypoints.workers.sweeper import sweep

    sweep()


@app.schedule("cron(10 * * * ? *)", name="nightfall")
def nightfall(_: Any) -> None:
    """Request the metrics of the days that have ended."""
    from chalicelib.entrypoints.workers.nightfall import request_days

    request_days()


cold_start.done()
