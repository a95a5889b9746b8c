"""The page of a case for its customer: its state, whose turn it is, and the customer's moves and messages."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.errors import AftercareError, Conflict, Invalid, NotFound, Stale, TooLarge
from chalicelib.domain.kernel.timestamps import format_local
from chalicelib.domain.kernel.validation import to_invalid
from chalicelib.entrypoints.http.portal.pages import FORM, form_of, page, paged, see_other
from chalicelib.entrypoints.http.requests import parameter
from chalicelib.observability import about, logger

if TYPE_CHECKING:
    from chalicelib.usecases.portal.customer_cases import CustomerCase

progress = Blueprint(__name__)
as_page = paged(lambda: progress.current_request)
WRITE = "write"
NEEDS = {"ship": ("carrier", "tracking"), "dispute": ("reason",), "refuse": ("reason",)}
"""The fields of each move's form."""
REFUSING = ("refuse", "decline", "fall_back")
"""Moves that refuse an offer: they are shown less prominently, after those that accept it."""
ERROR_PHRASES: dict[type[AftercareError], str] = {
    Stale: "stale",
    Conflict: "not_now",
    TooLarge: "too_often",
    NotFound: "not_now",
}


@progress.route("/p/{token}", methods=["GET"])
@as_page
def look(token: str) -> Response:
    """Show the case. This records nothing."""
    from chalicelib.usecases.portal.customer_cases import view_case

    customer_case = view_case(services(), token)
    about(customer_case.stored.key)
    return _case_page(200, customer_case, PageState(token, done=_done_phrase()))


@progress.route("/p/{token}/{move}", methods=["POST"], content_types=FORM)
@as_page
def act(token: str, move: str) -> Response:
    """Make the customer's move, or record their message. When that is not possible, the page shows the case as it is
    now, and why."""
    from chalicelib.usecases.portal.customer_cases import make_move, view_case, write_message

    customer_case = view_case(services(), token)
    about(customer_case.stored.key)
    form = {name: values[0].strip()[:20_000] for name, values in form_of(progress.current_request).items()}
    version = _parse_version(form.get("version", ""))
    try:
        if move == WRITE:
            write_message(services(), customer_case, version, form.get("message", ""))
        else:
            make_move(services(), customer_case, version, move, _parse_move(move, form))
    except (Invalid, Stale, Conflict, TooLarge, NotFound) as error:
        logger.info("page refused", extra={"error": type(error).__name__, "move": move})
        is_invalid = isinstance(error, Invalid)
        phrase = "missing" if is_invalid else ERROR_PHRASES[type(error)]
        state = PageState(f"../{token}", error=phrase, form=form)
        return _case_page(422 if is_invalid else 409, view_case(services(), token), state)
    logger.info("own case", extra={"case": customer_case.case.id, "move": move})
    return see_other(f"../{token}?done={move}")


class PageState(Struct, frozen=True):
    """What the page shows besides the case: the base of its forms' paths, an error, the sent form, a confirmation."""

    base: str
    error: str | None = None
    form: dict[str, str] = {}
    done: str | None = None


def _done_phrase() -> str | None:
    """The confirmation of the action that led back to this page."""
    action = parameter(progress.current_request, "done")
    if action is None:
        return None
    return "uploaded" if action == "uploaded" else "done"


def _parse_version(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 8 else None


def _parse_move(move: str, form: dict[str, str]) -> MoveIn:
    fields = {name: " ".join(form[name].split()) for name in NEEDS.get(move, ()) if form.get(name)}
    try:
        return msgspec.convert({name: text[:500] for name, text in fields.items()}, MoveIn)
    except msgspec.ValidationError as error:
        raise to_invalid(error) from None


def _case_page(status: int, customer_case: "CustomerCase", state: PageState) -> Response:
    from chalicelib.domain.aftersales.customer_view import speaker
    from chalicelib.usecases.notifications.signed_links import file_link
    from chalicelib.usecases.portal.customer_cases import upload_for

    case = customer_case.case
    upload = upload_for(services(), customer_case, f"{_own_url(customer_case)}?done=uploaded")
    origin = urlsplit(upload.url)._replace(path="", query="").geturl() if upload else ""
    order = customer_case.order
    return page(
        "progress.html",
        status,
        customer_case.language,
        also=origin,
        shop=customer_case.shop.name,
        number=case.number,
        base=state.base,
        subject=customer_case.subject,
        case=case,
        version=customer_case.stored.version,
        **_flow_values(customer_case),
        speaker=speaker,
        messages=customer_case.messages,
        link_of=lambda file: file_link(services(), customer_case.shop, file.file),
        evidence=customer_case.evidence,
        offer=customer_case.offer,
        refunds=customer_case.refunds,
        charged_back=customer_case.charged_back,
        upload=upload,
        wrong=state.error,
        form=state.form,
        done=state.done,
        when=lambda instant: format_local(instant, customer_case.shop.time_zone),
        titles={item.sku: item.title for item in order.items} if order else {},
    )


def _flow_values(customer_case: "CustomerCase") -> dict[str, Any]:
    """The template's values about the flow: its state, what is next, and the customer's moves."""
    from chalicelib.domain.aftersales.notices import state_phrase
    from chalicelib.usecases.aftersales.notify_customer import flow_words

    flow = customer_case.case.flow
    moves = customer_case.moves
    words: dict[str, Any] = {"kind": "", "state": "", "next": "", "until": ""}
    if flow is not None:
        words = flow_words(services(), customer_case.shop, customer_case.case, flow, customer_case.language)
    return words | {
        "flow": flow,
        "state_phrase": state_phrase,
        "moves": moves,
        "needs": NEEDS,
        "agreeing": [move for move in moves if move not in (*REFUSING, "withdraw")],
        "refusing": [move for move in moves if move in REFUSING],
    }


def _own_url(customer_case: "CustomerCase") -> str:
    """The full URL of this page, to which the browser returns after an upload to the bucket."""
    path: str = progress.current_request.context.get("path", "")
    token = path.partition("/p/")[2].partition("/")[0]
    base = customer_case.shop.public_url or services().identity_provider.api_url
    return f"{base.rstrip('/')}/p/{token}"
