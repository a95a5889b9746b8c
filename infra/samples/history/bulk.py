"""Many cases at once, for benches and tests: the history's webhooks are handled in this process, not sent.

No receipt is stored and nothing is signed; everything else is as if they had come through the front door.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.usecases.intake.understand import understand
from chalicelib.usecases.ports.intake import Incoming, Receipt
from chalicelib.usecases.ports.shop_rules import shop_of
from infra.samples.history.deliveries import history
from infra.samples.replay import Delivery

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services

OPENINGS = ("case.requested", "review.created")
OPEN_FOR = timedelta(hours=20)
"""How long ago the oldest open case came."""


def cases(now: datetime, count: int, still_open: int = 0, brief: bool = True) -> list[list[Delivery]]:
    """The webhooks of so many cases, case by case. The newest ones are live and still open, as many as `still_open`
    says; they came in the last hours. `brief`: the others have only their opening and their end, which is quicker."""
    by_case: dict[str, list[Delivery]] = {}
    for delivery in history(now.date(), count):
        if delivery.type != "order.updated":
            case = delivery.data.get("case_external_id") or delivery.data["external_id"]
            by_case.setdefault(case, []).append(delivery)
    all_cases = list(by_case.values())
    past, present = all_cases[: count - still_open], all_cases[count - still_open :]
    if brief:
        past = [[one for one in case if one.type in (*OPENINGS, "case.assigned", "case.closed")] for case in past]
    return past + [[_live(case[0], now - OPEN_FOR * (place / still_open))] for place, case in enumerate(present)]


def _live(opening: Delivery, opened_at: datetime) -> Delivery:
    data = {**opening.data, "occurred_at": opened_at.isoformat(), "historical": False}
    return Delivery(opening.id, opening.type, data)


def fill(services: "Services", shop: str, deliveries: Iterable[Delivery]) -> Iterator[str]:
    """Handle webhooks of a shop as the intake does; the state of each. SystemExit when one fails."""
    for delivery in deliveries:
        receipt = _receipt(services.now(), shop, delivery)
        understood = understand(services, receipt)
        incoming = Incoming(replace(receipt, type=understood.message.type), understood.message.type)
        outcome = understood.handler.handle(
            services, shop_of(services, shop, fresh=False), understood.message.data, incoming
        )
        if outcome.state != "processed":
            raise SystemExit(f"{delivery.id} was {outcome.state}: {outcome.reason}")
        yield outcome.state


def _receipt(now: int, shop: str, delivery: Delivery) -> Receipt:
    body = {"type": delivery.type, "timestamp": format_instant(now), "data": delivery.data}
    return Receipt(
        id=new_id(now, key_of("receipt", shop, "standard", delivery.id)),
        shop=shop,
        source="standard",
        delivery=delivery.id,
        type="",
        received_at=now,
        body=json.dumps(body, ensure_ascii=False).encode(),
    )
