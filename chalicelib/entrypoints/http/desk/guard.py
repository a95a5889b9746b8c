"""Who may open which page of the desk: session, shop, and where a form was sent from. Errors become pages."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from chalice.app import Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import AftercareError, NotAllowed, NotFound
from chalicelib.entrypoints.http.callers import caller_of
from chalicelib.entrypoints.http.desk import cookies
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import error_page, is_fragment, see_other
from chalicelib.entrypoints.http.desk.table import Page
from chalicelib.entrypoints.http.problems import STATUS
from chalicelib.observability import logger
from chalicelib.usecases.ports.cases import RetryLater

if TYPE_CHECKING:
    from chalicelib.domain.desk.session import Session

PageAt = tuple[Page, dict[str, str]]
OWN_FETCH = ("same-origin", "none")
SESSION_ENDED = 401


def guarded(request: Request, page_at: PageAt | None) -> Response:
    """The answer of a page, or the page that says why there is none."""
    desk = Desk(request)
    try:
        if page_at is None:
            raise NotFound("There is no such page.")
        return _checked(request, desk, *page_at)
    except AftercareError as error:
        status = next(STATUS[kind][0] for kind in type(error).__mro__ if kind in STATUS)
        logger.info("page refused", extra={"error": type(error).__name__, "status": status})
        return error_page(desk, status, error)
    except RetryLater as error:
        return error_page(desk, 503, error)
    except Exception as error:
        logger.exception("fault")
        return _last_resort(desk, error)


def _last_resort(desk: Desk, error: Exception) -> Response:
    """The page about a fault of ours; plain text if that page is what fails."""
    try:
        return error_page(desk, 500, error)
    except Exception:
        logger.exception("fault of the page about a fault")
        text = "Something went wrong here. It was logged. 我们这边出了问题，已记录。"
        return Response(body=text, status_code=500, headers={"Content-Type": "text/plain; charset=utf-8"})


def _checked(request: Request, desk: Desk, page: Page, names: dict[str, str]) -> Response:
    if page.is_open:
        return load(page)(desk, **names)
    session = _session(request)
    if session is None:
        return _to_sign_in(request, desk)
    desk.enter(session)
    if request.method == "POST":
        _check_origin(request, desk, session)
    shop = names.pop("shop", None)
    if shop is not None:
        if not caller_of(request).may_see(shop):
            raise NotFound("There is no such page.")
        desk.open_shop(shop)
    return load(page)(desk, **names)


def load(page: Page) -> Callable[..., Response]:
    """The function of a page. Its module is imported now."""
    module, _, function = page.view.partition(":")
    view: Callable[..., Response] = getattr(import_module(f"chalicelib.entrypoints.http.desk.{module}"), function)
    return view


def _session(request: Request) -> "Session | None":
    from chalicelib.usecases.desk.sign_in import find_session

    cookie = cookies.read(request, cookies.SESSION)
    return find_session(services(), cookie) if cookie else None


def _to_sign_in(request: Request, desk: Desk) -> Response:
    """To the sign-in, and back to this page. A form is not sent again: what was typed is still in the browser, and the
    page that says so lets one go back to it."""
    if request.method == "GET":
        path, query = str((request.uri_params or {}).get("proxy", "")), urlencode(request.query_params or {})
        address = desk.address("/sign-in?" + urlencode({"to": f"{path}?{query}" if query else path}))
        if not is_fragment(request):
            return see_other(address)
    else:
        address = desk.address("/sign-in")
    ended = error_page(desk, SESSION_ENDED)
    ended.headers["HX-Redirect"] = address
    return ended


def _check_origin(request: Request, desk: Desk, session: "Session") -> None:
    """Refuse a form that another site sent (OWASP, Cross-Site Request Forgery Prevention)."""
    from chalicelib.usecases.desk.sign_in import is_form_token

    ours = urlsplit(services().identity_provider.desk_url)
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    is_ours = origin == f"{ours.scheme}://{ours.netloc}" if origin is not None else fetched in OWN_FETCH
    token = request.headers.get("x-form-token") or desk.form.get("form_token", "")
    if not is_ours or not is_form_token(services(), session, token):
        raise NotAllowed("This form was not sent from the desk, or is from before you signed in: open the page again.")
