"""The pages where customers request help: an order and a contact, then a link by email, then a short form."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.aftersales_enums import REASONS, Reason
from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.portal.help_request import HelpForm
from chalicelib.entrypoints.http.portal.pages import FORM, form_of, language_of, page, paged, see_other
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.usecases.portal.request_help import OpenHelpRequest

help_pages = Blueprint(__name__)
as_page = paged(lambda: help_pages.current_request)
MAX_MESSAGE = 5_000
MAX_ORDER = 100
MAX_CONTACT = 254
Fields = dict[str, list[str]]


@help_pages.route("/help/{shop}", methods=["GET"])
@as_page
def begin(shop: str) -> Response:
    """Ask which order it is about, and how to reach the customer."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    shop_name = shop_of(services(), shop, fresh=False).name
    return page("help.html", 200, language_of(help_pages.current_request), shop=shop_name, form={}, wrong=None)


@help_pages.route("/help/{shop}", methods=["POST"], content_types=FORM)
@as_page
def send_link(shop: str) -> Response:
    """Have the link sent. The page says the same whether the order is known or not."""
    from chalicelib.usecases.portal.request_help import RateLimited, request_help
    from chalicelib.usecases.ports.shop_rules import shop_of

    request = help_pages.current_request
    shop_name = shop_of(services(), shop, fresh=False).name
    language = language_of(request)
    fields = {name: values[0].strip() for name, values in form_of(request).items()}
    form = {"order": fields.get("order", "")[:MAX_ORDER], "contact": fields.get("contact", "")[:MAX_CONTACT]}
    sender = str((request.context.get("identity") or {}).get("sourceIp", ""))
    try:
        request_help(services(), shop, form["order"], form["contact"], language, sender)
    except Invalid as error:
        return page("help.html", 422, language, shop=shop_name, form=form, wrong=error.errors[0][0])
    except RateLimited:
        return page("message.html", 429, language, message="too_often")
    return page("message.html", 200, language, message="link_sent")


@help_pages.route("/help/{shop}/{token}", methods=["GET"])
@as_page
def show_form(shop: str, token: str) -> Response:
    """Show the form, with the items of the order when it is known to be the customer's."""
    from chalicelib.usecases.portal.request_help import view_help_form

    open_request = view_help_form(services(), shop, token)
    if open_request.case is not None:
        return _redirect_to_case(open_request.case)
    return _form_page(200, open_request, {}, None)


@help_pages.route("/help/{shop}/{token}", methods=["POST"], content_types=FORM)
@as_page
def take_form(shop: str, token: str) -> Response:
    """Open the case, and redirect to its page. An invalid form is shown again with its error."""
    from chalicelib.usecases.portal.request_help import submit_help_form, view_help_form

    open_request = view_help_form(services(), shop, token)
    fields = form_of(help_pages.current_request)
    try:
        form = _parse_form(fields, open_request)
    except Invalid as error:
        return _form_page(422, open_request, fields, error.errors[0][0])
    stored = submit_help_form(services(), open_request, form)
    assert stored.case is not None
    logger.info("help asked", extra={"case": stored.case.id, "wish": form.wish})
    return _redirect_to_case(stored.case.id)


def _redirect_to_case(case: str) -> Response:
    from chalicelib.usecases.notifications.signed_links import progress_token

    return see_other(f"../../p/{progress_token(services(), case)}")


def _parse_form(fields: Fields, open_request: "OpenHelpRequest") -> HelpForm:
    from chalicelib.domain.flows.claims import Claim
    from chalicelib.domain.portal.help_request import REQUEST_KINDS, RequestKind

    wish: RequestKind | None = next((kind for kind in REQUEST_KINDS if kind == _first(fields, "wish")), None)
    if wish is None:
        raise invalid("wish", "is needed")
    reason: Reason = next((reason for reason in REASONS if reason == _first(fields, "reason")), "other")
    message = _first(fields, "message").replace("\r\n", "\n")
    if not message or len(message) > MAX_MESSAGE:
        raise invalid("message", "is needed" if not message else f"has at most {MAX_MESSAGE} characters")
    claim = Claim(reason=reason, items=_selected_items(fields, open_request))
    return HelpForm(wish=wish, claim=claim, message=message, subject=message.splitlines()[0][:120])


def _selected_items(fields: Fields, open_request: "OpenHelpRequest") -> tuple[FlowItem, ...]:
    """The ordered items that the customer selected, with the quantities they entered."""
    ordered = {item.sku: item.quantity for item in open_request.order.items} if open_request.order else {}
    selected = {sku: _first(fields, f"quantity:{sku}") for sku in fields.get("item", []) if sku in ordered}
    return tuple(FlowItem(sku, _parse_quantity(text, ordered[sku])) for sku, text in selected.items())


def _parse_quantity(text: str, ordered: int) -> int:
    """The entered quantity, from 1 to what was ordered; all of it when it is no number."""
    return min(max(int(text), 1), ordered) if text.isascii() and text.isdigit() and len(text) < 7 else ordered


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0].strip()


def _form_page(status: int, open_request: "OpenHelpRequest", fields: Fields, error: str | None) -> Response:
    from chalicelib.domain.portal.help_request import REQUEST_KINDS

    return page(
        "help_form.html",
        status,
        open_request.request.language,
        shop=open_request.shop.name,
        number=open_request.request.order,
        items=open_request.order.items if open_request.order else (),
        wishes=REQUEST_KINDS,
        reasons=REASONS,
        fields=fields,
        wrong=error,
        most=MAX_MESSAGE,
    )
