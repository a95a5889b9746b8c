"""The pages where customers ask for help by themselves: an order and a contact, a link by mail, then a short form."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import REASONS, Reason
from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.portal.help_request import REQUEST_KINDS, HelpForm, RequestKind
from chalicelib.entrypoints.http.portal.pages import FORM, form_of, language_of, page, paged, see_other
from chalicelib.observability import logger
from chalicelib.usecases.ports.services import shop_of

if TYPE_CHECKING:
    from chalicelib.usecases.portal.request_help import Begun

help_pages = Blueprint(__name__)
as_page = paged(lambda: help_pages.current_request)
MAX_MESSAGE, MAX_ORDER = 5_000, 100
Fields = dict[str, list[str]]


@help_pages.route("/help/{shop}", methods=["GET"])
@as_page
def begin(shop: str) -> Response:
    """Which order, and how to reach you."""
    known = shop_of(services(), shop, fresh=False)
    return page("help.html", 200, language_of(help_pages.current_request), shop=known.name, form={}, wrong=None)


@help_pages.route("/help/{shop}", methods=["POST"], content_types=FORM)
@as_page
def send_link(shop: str) -> Response:
    """The same answer whether the order is known or not: look into your mail."""
    from chalicelib.usecases.portal.request_help import RateLimited, request_help

    request = help_pages.current_request
    known, language = shop_of(services(), shop, fresh=False), language_of(request)
    form = {name: values[0].strip() for name, values in form_of(request).items()}
    order, contact = form.get("order", "")[:MAX_ORDER], form.get("contact", "")[:254]
    sender = str((request.context.get("identity") or {}).get("sourceIp", ""))
    try:
        request_help(services(), shop, order, contact, language, sender)
    except Invalid as wrong:
        told = {"order": order, "contact": contact}
        return page("help.html", 422, language, shop=known.name, form=told, wrong=wrong.errors[0][0])
    except RateLimited:
        return page("message.html", 429, language, message="too_often")
    return page("message.html", 200, language, message="link_sent")


@help_pages.route("/help/{shop}/{token}", methods=["GET"])
@as_page
def show_form(shop: str, token: str) -> Response:
    """The form, with what was ordered when we know it is theirs."""
    from chalicelib.usecases.portal.request_help import view_help_form

    begun = view_help_form(services(), shop, token)
    if begun.case is not None:
        return _to_case(begun.case)
    return _form_page(200, begun, {}, None)


@help_pages.route("/help/{shop}/{token}", methods=["POST"], content_types=FORM)
@as_page
def take_form(shop: str, token: str) -> Response:
    """Open the case, and lead to its page. What was filled in wrongly is shown again with what is wrong."""
    from chalicelib.usecases.portal.request_help import submit_help_form, view_help_form

    begun, fields = view_help_form(services(), shop, token), form_of(help_pages.current_request)
    try:
        form = _given(fields, begun)
    except Invalid as wrong:
        return _form_page(422, begun, fields, wrong.errors[0][0])
    stored = submit_help_form(services(), begun, form)
    assert stored.case is not None
    logger.info("help asked", extra={"case": stored.case.id, "wish": form.wish})
    return _to_case(stored.case.id)


def _to_case(case: str) -> Response:
    from chalicelib.usecases.notifications.signed_links import progress_token

    return see_other(f"../../p/{progress_token(services(), case)}")


def _given(fields: Fields, begun: "Begun") -> HelpForm:
    wish: RequestKind | None = next((one for one in REQUEST_KINDS if one == _first(fields, "wish")), None)
    if wish is None:
        raise invalid("wish", "is needed")
    reason: Reason = next((one for one in REASONS if one == _first(fields, "reason")), "other")
    message = _first(fields, "message").replace("\r\n", "\n")
    if not message or len(message) > MAX_MESSAGE:
        raise invalid("message", "is needed" if not message else f"has at most {MAX_MESSAGE} characters")
    claim = Claim(reason=reason, items=_items(fields, begun))
    return HelpForm(wish=wish, claim=claim, message=message, subject=message.splitlines()[0][:120])


def _items(fields: Fields, begun: "Begun") -> tuple[FlowItem, ...]:
    """The things that were ticked, each as often as said, of those that were ordered."""
    ordered = {item.sku: item.quantity for item in begun.order.items} if begun.order else {}
    many = {sku: _first(fields, f"quantity:{sku}") for sku in fields.get("item", []) if sku in ordered}
    return tuple(FlowItem(sku, _quantity(text, ordered[sku])) for sku, text in many.items())


def _quantity(text: str, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 7 else most


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0].strip()


def _form_page(status: int, begun: "Begun", fields: Fields, wrong: str | None) -> Response:
    return page(
        "help_form.html",
        status,
        begun.request.language,
        shop=begun.shop.name,
        number=begun.request.order,
        items=begun.order.items if begun.order else (),
        wishes=REQUEST_KINDS,
        reasons=REASONS,
        fields=fields,
        wrong=wrong,
        most=MAX_MESSAGE,
    )
