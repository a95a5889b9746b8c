"""Upload statements, and list by day what they prove and what they do not."""

from typing import TYPE_CHECKING, Any, get_args

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, TooLarge, invalid
from chalicelib.domain.kernel.timestamps import Day, format_instant, next_day, start_of
from chalicelib.domain.kernel.validation import read
from chalicelib.domain.settlement.matching import State
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.metrics.routes import read_day
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters, parameter
from chalicelib.observability import logger
from chalicelib.usecases.ports.settlement import UnprovenMoney

if TYPE_CHECKING:
    from chalicelib.domain.settlement.formats.reading import Reading
    from chalicelib.usecases.ports.settlement import StoredEntry
    from chalicelib.usecases.settlement.store_statement import StoredStatement

settlement = Blueprint(__name__)
CURSOR = "[0-9]{13}#.+|~[0-9A-Z]{26}"
"""The cursor of a page: after an entry, by its time and key, or after money that is not paid, by its id."""
STATES = (*get_args(State), "not_paid")


@settlement.route("/v1/shops/{shop}/statements", methods=["POST"], authorizer=STAFF)
@answering
def upload(shop: str) -> Response:
    """Store a payment service's statement; its entries are settled after the response."""
    from chalicelib.domain.settlement.upload import MAX_BODY, StatementIn, decode_content
    from chalicelib.usecases.ports.shop_rules import shop_of
    from chalicelib.usecases.settlement.upload_statement import upload_statement
    from chalicelib.usecases.shops.record_change import record_change

    request = settlement.current_request
    known_parameters(request)
    caller = need_shop(request, shop, f"shop {shop!r}")
    if not caller.is_second_person:
        raise NotAllowed("Uploading statements needs the group 'supervisor' or 'admin'.")
    body = requests.raw_body(request)
    if len(body) > MAX_BODY:
        raise TooLarge(
            f"A statement's body may have {MAX_BODY} bytes: compress it, or upload it with the command infra.import."
        )
    statement = read(body, StatementIn)
    data = decode_content(statement.content)
    taken = upload_statement(services(), shop_of(services(), shop), data, statement.options)
    record_change(services(), shop, "imports", taken.reading.provider, caller.name, None, taken.counts)
    logger.info("statement", extra={"shop": shop, "provider": taken.reading.provider, "new": taken.stored.new})
    return answer(_statement_view(taken.digest, taken.reading, taken.stored))


def _statement_view(digest: str, reading: "Reading", stored: "StoredStatement") -> dict[str, Any]:
    return {
        "statement": digest,
        "provider": reading.provider,
        "rows": reading.rows,
        "entries": reading.entries,
        "new": stored.new,
        "known": stored.known,
        "since": time_view(reading.since),
        "until": time_view(reading.until),
        "passed": dict(reading.passed),
        "damaged_rows": reading.damaged_rows,
        "damaged": [{"line": row.line, "why": row.why} for row in reading.damaged],
        "warnings": reading.warnings,
    }


@settlement.route("/v1/shops/{shop}/settlement", methods=["GET"], authorizer=STAFF)
@answering
def on_day(shop: str) -> Response:
    """The day's payments to customers, as statements list them, and the money that no statement lists."""
    from chalicelib.domain.settlement.measures import PREFIX

    request = settlement.current_request
    known_parameters(request, "day", "state", "limit", "next")
    need_shop(request, shop, f"shop {shop!r}")
    day = read_day("day", parameter(request, "day"))
    state = parameter(request, "state")
    if state is not None and state not in STATES:
        raise invalid("state", f"is one of {', '.join(STATES)}")
    limit = requests.limit_of(request)
    after = requests.cursor_of(request, CURSOR)
    page = services().settlements.on_day(shop, day, limit, after)
    views = [_view(item) for item in page.items]
    records = services().metrics.records_between(shop, f"{PREFIX}all", day, day)
    body = {
        "day": day,
        "covered": _covered(shop, day),
        "record": {**records[0], "dimension": "all"} if records else None,
    }
    return answer(body | requests.page_body(page, [view for view in views if state in (None, view["state"])]))


def _covered(shop: str, day: Day) -> list[str]:
    """The services whose statements cover a part of the day."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    zone = shop_of(services(), shop, fresh=False).time_zone
    begin = start_of(day, zone)
    end = start_of(next_day(day), zone)
    coverages = services().settlements.coverages(shop)
    return sorted({coverage.provider for coverage in coverages if coverage.since < end and coverage.until >= begin})


def _view(item: "StoredEntry | UnprovenMoney") -> dict[str, Any]:
    return _unproven_view(item) if isinstance(item, UnprovenMoney) else _entry_view(item)


def _unproven_view(unproven: UnprovenMoney) -> dict[str, Any]:
    return {
        "state": "not_paid",
        "provider": None,
        "kind": "refund",
        "id": None,
        "at": format_instant(unproven.at),
        "order": None,
        "refund_no": None,
        "amount": {"amount": unproven.amount, "currency": unproven.currency},
        "case": unproven.about,
        "money": unproven.money,
        "refund": None,
    }


def _entry_view(stored: "StoredEntry") -> dict[str, Any]:
    entry = stored.entry
    return {
        "state": stored.state,
        "provider": entry.provider,
        "kind": entry.kind,
        "id": entry.id,
        "at": format_instant(entry.at),
        "order": entry.order,
        "refund_no": entry.refund_no,
        "amount": {"amount": entry.amount.amount, "currency": entry.amount.currency},
        "case": stored.case,
        "money": stored.money,
        "refund": stored.refund,
    }
