"""Deliveries to an endpoint: the list, one with its attempts, delivering it again, and tests."""

from typing import TYPE_CHECKING, Any

import msgspec
from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.endpoints.pages import find_endpoint
from chalicelib.entrypoints.http.requests import BY_TIME, cursor_of, encode_cursor, parameter

if TYPE_CHECKING:
    from chalicelib.domain.webhooks_out.endpoint import Delivery

SHOWN = 25
LONGEST_ID = 40


def show(desk: Desk) -> Response:
    """The deliveries to an endpoint (`?endpoint=`) of the last thirty days, the newest first."""
    open_card(desk, "endpoints")
    endpoint = find_endpoint(desk, parameter(desk.request, "endpoint") or "")
    after = cursor_of(desk.request, BY_TIME)
    listed = services().deliveries.log(desk.shop.id, endpoint.name, SHOWN, after)
    return setting_page(
        desk,
        "endpoints",
        "deliveries.html",
        endpoint=endpoint,
        deliveries=listed.items,
        following=encode_cursor(listed.next) if listed.next else None,
        is_first=after is None,
    )


def one(desk: Desk) -> Response:
    """A delivery (`?delivery=`) with its body and all attempts, as the API shows it. The access is recorded."""
    open_card(desk, "endpoints")
    delivery = _find(desk, parameter(desk.request, "delivery") or "")
    return _shown(desk, delivery)


def replay(desk: Desk) -> Response:
    """Deliver it again, with the same id."""
    from chalicelib.usecases.webhooks_out import deliver

    open_card(desk, "endpoints")
    delivery = _find(desk, desk.form.get("delivery", ""))
    try:
        deliver.replay(services(), delivery)
    except Conflict:
        return _shown(desk, delivery, 409, refused=True)
    return see_other(desk.address(f"settings/endpoints/delivery?delivery={delivery.id}"))


def send_test(desk: Desk) -> Response:
    """Send a test to an endpoint, once per form, and show its delivery."""
    from chalicelib.usecases.webhooks_out import deliver

    need_change(desk, "endpoints")
    endpoint = find_endpoint(desk, desk.form.get("endpoint", ""))
    delivery = deliver.send_test(services(), desk.shop.id, endpoint.name, desk.form.get("key", "") or desk.new_key())
    return see_other(desk.address(f"settings/endpoints/delivery?delivery={delivery.id}"))


def _find(desk: Desk, identifier: str) -> "Delivery":
    """The delivery with this id. NotFound unless it is of the open shop. The access is recorded."""
    identifier = identifier.strip()[:LONGEST_ID]
    is_id = identifier.isalnum() and identifier.isascii()
    delivery = services().deliveries.load(key_of_id(identifier)) if is_id else None
    if delivery is None or delivery.id != identifier or delivery.shop != desk.shop.id:
        raise NotFound("There is no such page.")
    note_access(desk.request, [delivery.whose] if delivery.case else [], "deliveries")
    return delivery


def _shown(desk: Desk, delivery: "Delivery", status: int = 200, refused: bool = False) -> Response:
    names = {each.name for each in services().deliveries.endpoints(desk.shop.id)}
    return setting_page(
        desk,
        "endpoints",
        "delivery.html",
        status,
        delivery=delivery,
        body=_readable(delivery.body),
        refused=refused,
        is_there=delivery.endpoint in names,
    )


def _readable(body: str) -> str:
    """The JSON of a body with one value a line; empty if it was erased."""
    content: Any = msgspec.json.decode(body) if body else None
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() if content is not None else ""
