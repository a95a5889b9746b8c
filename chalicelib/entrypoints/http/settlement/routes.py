"""Statements come in; what they prove, and what they do not, is listed by day."""

import hashlib
from typing import Any, get_args

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, TooLarge, invalid
from chalicelib.domain.kernel.timestamps import Day, format_instant, next_day, start_of
from chalicelib.domain.kernel.validation import read
from chalicelib.domain.settlement.matching import State
from chalicelib.domain.settlement.measures import PREFIX
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.metrics.routes import read_day
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters, parameter
from chalicelib.observability import logger
from chalicelib.usecases.ports import Kept, UnprovenMoney
from chalicelib.usecases.ports.services import shop_of

settlement = Blueprint(__name__)
CURSOR = "[0-9]{13}#.+|~[0-9A-Z]{26}"
"""Behind an entry, by its time, or behind money."""
STATES = (*get_args(State), "not_paid")


@settlement.route("/v1/shops/{shop}/statements", methods=["POST"], authorizer=STAFF)
@answering
def bring(shop: str) -> Response:
    """Take a payment service's statement; what its entries prove is settled behind the answer."""
    from chalicelib.domain.settlement.formats.detect import read_statement
    from chalicelib.domain.settlement.upload import MAX_BODY, StatementIn, unpacked
    from chalicelib.usecases.settlement.store_statement import opened, store_statement

    request = settlement.current_request
    known_parameters(request)
    if not need_shop(request, shop, f"shop {shop!r}").is_second_person:
        raise NotAllowed("Bringing statements needs the group 'supervisor' or 'admin'.")
    body = requests.raw_body(request)
    if len(body) > MAX_BODY:
        raise TooLarge(
            f"A statement's body may have {MAX_BODY} bytes: pack it, or bring it by the command infra.import."
        )
    told = read(body, StatementIn)
    data = unpacked(told.content)
    reading, entries = read_statement(opened(data), told.asked)
    digest = hashlib.sha256(data).hexdigest()[:40]
    brought = store_statement(services(), shop_of(services(), shop), reading, entries, digest)
    logger.info("statement", extra={"shop": shop, "provider": reading.provider, "new": brought.new})
    return answer(
        {
            "statement": digest,
            "provider": reading.provider,
            "rows": reading.rows,
            "entries": reading.entries,
            "new": brought.new,
            "known": brought.known,
            "since": _shown(reading.since),
            "until": _shown(reading.until),
            "passed": dict(reading.passed),
            "damaged_rows": reading.spoiled,
            "damaged": [{"line": one.line, "why": one.why} for one in reading.damaged],
            "warnings": reading.warnings,
        }
    )


@settlement.route("/v1/shops/{shop}/settlement", methods=["GET"], authorizer=STAFF)
@answering
def on_day(shop: str) -> Response:
    """A day's payments back, as statements have them, and the money that stands in none."""
    request = settlement.current_request
    known_parameters(request, "day", "state", "limit", "next")
    need_shop(request, shop, f"shop {shop!r}")
    day, state = read_day("day", parameter(request, "day")), parameter(request, "state")
    if state is not None and state not in STATES:
        raise invalid("state", f"is one of {', '.join(STATES)}")
    limit, after = requests.limit_of(request), requests.cursor_of(request, CURSOR)
    page = services().settlements.on_day(shop, day, limit, after)
    views = [_view(one) for one in page.items]
    records = services().metrics.records_between(shop, f"{PREFIX}all", day, day)
    shown = {
        "day": day,
        "covered": _covered(shop, day),
        "record": {**records[0], "dimension": "all"} if records else None,
    }
    return answer(shown | requests.page_body(page, [one for one in views if state in (None, one["state"])]))


def _covered(shop: str, day: Day) -> list[str]:
    """The services whose statements tell of some of the day."""
    zone = shop_of(services(), shop, fresh=False).time_zone
    begin, end = start_of(day, zone), start_of(next_day(day), zone)
    return sorted(
        {one.provider for one in services().settlements.coverages(shop) if one.since < end and one.until >= begin}
    )


def _view(one: Kept | UnprovenMoney) -> dict[str, Any]:
    if isinstance(one, UnprovenMoney):
        return {
            "state": "not_paid",
            "provider": None,
            "kind": "refund",
            "id": None,
            "at": format_instant(one.at),
            "order": None,
            "refund_no": None,
            "amount": {"amount": one.amount, "currency": one.currency},
            "case": one.about,
            "money": one.money,
            "refund": None,
        }
    entry = one.entry
    return {
        "state": one.state,
        "provider": entry.provider,
        "kind": entry.kind,
        "id": entry.id,
        "at": format_instant(entry.at),
        "order": entry.order,
        "refund_no": entry.refund_no,
        "amount": {"amount": entry.amount.amount, "currency": entry.amount.currency},
        "case": one.case,
        "money": one.money,
        "refund": one.refund,
    }


def _shown(at: int | None) -> str | None:
    return None if at is None else format_instant(at)
