"""Commands on many cases at once, and their undoing."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.domain.desk.bulk import Bulk, Outcome

bulk_commands = Blueprint(__name__)


@bulk_commands.route("/v1/cases/bulk", methods=["POST"], authorizer=STAFF)
@answering
def run() -> Response:
    """Give one command to many cases."""
    from chalicelib.domain.desk.bulk import BulkIn
    from chalicelib.usecases.desk.bulk.run_bulk import run_bulk
    from chalicelib.usecases.ports.shop_rules import shop_of

    body = body_of(bulk_commands.current_request, BulkIn)
    caller = need_shop(bulk_commands.current_request, body.shop, f"shop {body.shop!r}")
    shop_of(services(), body.shop, fresh=False)
    bulk = run_bulk(services(), body, caller.actor)
    return _answer(bulk, bulk.outcomes, body.key)


@bulk_commands.route("/v1/cases/bulk/undo", methods=["POST"], authorizer=STAFF)
@answering
def undo() -> Response:
    """Undo a command that was given to many cases."""
    from chalicelib.domain.desk.bulk import UndoIn
    from chalicelib.usecases.desk.bulk.run_bulk import undo_bulk

    body = body_of(bulk_commands.current_request, UndoIn)
    caller = need_shop(bulk_commands.current_request, body.shop, f"shop {body.shop!r}")
    bulk = undo_bulk(services(), body, caller.actor)
    return _answer(bulk, bulk.undone, body.key)


def _answer(bulk: "Bulk", outcomes: "tuple[Outcome, ...]", key: str) -> Response:
    from chalicelib.entrypoints.http.desk.lists.views import outcome_view

    changed = sum(outcome.state in ("done", "undone") for outcome in outcomes)
    logger.info("bulk", extra={"command": bulk.command, "cases": len(outcomes), "changed": changed})
    return answer({"key": key, "items": [outcome_view(outcome) for outcome in outcomes], "next": bulk.next})
