"""The page of one case for its customer: how it stands, whose turn it is, and the customer's own turns."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.aftersales.customer_view import speaker
from chalicelib.domain.aftersales.notices import state_phrase
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
"""The fields of a move's form."""
REFUSING = ("refuse", "decline", "fall_back")
"""Moves that say no to what is offered: they come after those that say yes, which stand out."""
WRONG: dict[type[AftercareError], str] = {
    Stale: "stale",
    Conflict: "not_now",
    TooLarge: "too_often",
    NotFound: "not_now",
}


@progress.route("/p/{token}", methods=["GET"])
@as_page
def look(token: str) -> Response:
    """How the case stands. Looking records nothing."""
    from chalicelib.usecases.portal.customer_cases import view_case

    own = view_case(services(), token)
    about(own.stored.key)
    done = parameter(progress.current_request, "done")
    return _shown(200, own, token, done="uploaded" if done == "uploaded" else ("done" if done else None))


@progress.route("/p/{token}/{move}", methods=["POST"], content_types=FORM)
@as_page
def act(token: str, move: str) -> Response:
    """Take the customer's turn, or write. What cannot be done is said on the page, as the case stands now."""
    from chalicelib.usecases.portal.customer_cases import make_move, view_case, write_message

    own = view_case(services(), token)
    about(own.stored.key)
    form = {name: values[0].strip()[:20_000] for name, values in form_of(progress.current_request).items()}
    version = int(form["version"]) if form.get("version", "").isdecimal() and len(form["version"]) < 8 else None
    try:
        if move == WRITE:
            write_message(services(), own, version, form.get("message", ""))
        else:
            make_move(services(), own, version, move, _told(move, form))
    except (Invalid, Stale, Conflict, TooLarge, NotFound) as error:
        logger.info("page refused", extra={"error": type(error).__name__, "move": move})
        wrong = "missing" if isinstance(error, Invalid) else WRONG[type(error)]
        return _shown(
            422 if isinstance(error, Invalid) else 409, view_case(services(), token), f"../{token}", wrong, form
        )
    logger.info("own case", extra={"case": own.case.id, "move": move})
    return see_other(f"../{token}?done={move}")


def _told(move: str, form: dict[str, str]) -> MoveIn:
    given = {name: " ".join(form[name].split()) for name in NEEDS.get(move, ()) if form.get(name)}
    try:
        return msgspec.convert({name: text[:500] for name, text in given.items()}, MoveIn)
    except msgspec.ValidationError as wrong:
        raise to_invalid(wrong) from None


def _shown(
    status: int,
    own: "CustomerCase",
    base: str,
    wrong: str | None = None,
    form: dict[str, str] | None = None,
    done: str | None = None,
) -> Response:
    from chalicelib.usecases.aftersales.notify_customer import flow_words
    from chalicelib.usecases.portal.customer_cases import upload_for

    case, flow = own.case, own.case.flow
    upload = upload_for(services(), own, f"{_here(progress.current_request, own)}?done=uploaded")
    origin = urlsplit(upload.url)._replace(path="", query="").geturl() if upload else ""
    words = flow_words(services(), own.shop, case, flow, own.language) if flow else {}
    return page(
        "progress.html",
        status,
        own.language,
        also=origin,
        shop=own.shop.name,
        number=case.number,
        base=base,
        subject=own.subject,
        case=case,
        flow=flow,
        version=own.stored.version,
        moves=own.moves,
        needs=NEEDS,
        agreeing=[one for one in own.moves if one not in (*REFUSING, "withdraw")],
        refusing=[one for one in own.moves if one in REFUSING],
        speaker=speaker,
        state_phrase=state_phrase,
        kind=words.get("kind", ""),
        state=words.get("state", ""),
        next=words.get("next", ""),
        until=words.get("until", ""),
        said=own.said,
        evidence=own.evidence,
        offer=own.offer,
        refunds=own.refunds,
        charged_back=own.charged_back,
        upload=upload,
        wrong=wrong,
        form=form or {},
        done=done,
        when=lambda at: format_local(at, own.shop.time_zone),
        titles={item.sku: item.title for item in own.order.items} if own.order else {},
    )


def _here(request: Request, own: "CustomerCase") -> str:
    """The whole address of this page, for the browser to come back to from the bucket."""
    path: str = request.context.get("path", "")
    whole, _, rest = path.partition("/p/")
    token = rest.partition("/")[0]
    if own.shop.public_url:
        return f"{own.shop.public_url.rstrip('/')}/p/{token}"
    host: Any = request.headers.get("host", "")
    scheme = request.headers.get("x-forwarded-proto", "https")
    return f"{scheme}://{host}{whole}/p/{token}"
