"""Sign in and out of the desk, choose its language, and enter it."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed
from chalicelib.entrypoints.http.desk import cookies
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page, see_other
from chalicelib.entrypoints.http.requests import parameter

LANGUAGE_S = 365 * 86_400


def begin(desk: Desk) -> Response:
    """Send the browser to the managed login."""
    from chalicelib.domain.desk.session import SIGN_IN_MS
    from chalicelib.usecases.desk.sign_in import begin

    begun = begin(services(), parameter(desk.request, "to") or "")
    return see_other(begun.url, cookies.written(cookies.SIGN_IN, begun.cookie, SIGN_IN_MS // 1000))


def callback(desk: Desk) -> Response:
    """Take the browser in that comes back from the managed login."""
    from chalicelib.usecases.desk.sign_in import MAX_AGE_S, finish

    query = dict(desk.request.query_params or {})
    cookie = cookies.read(desk.request, cookies.SIGN_IN)
    if cookie is None or not query.get("code"):
        raise NotAllowed("The sign-in was not completed: sign in again.")
    signed_in = finish(services(), cookie, query.get("state", ""), query["code"])
    done = cookies.written(cookies.SIGN_IN, "", 0)
    return see_other(
        desk.address(f"/{signed_in.path}"), cookies.written(cookies.SESSION, signed_in.cookie, MAX_AGE_S), done
    )


def home(desk: Desk) -> Response:
    """The first shop's queue; the list of shops for those who have none or several; for the first admin, the form of a
    shop."""
    shops = [shop for shop in services().shops.shops() if desk.caller.may_see(shop.id)]
    if not shops and desk.caller.is_admin:
        return see_other(desk.address("/shops/new"))
    if len(shops) == 1:
        return see_other(desk.address(f"/{shops[0].id}/queue"))
    return page(desk, "shops.html", shops=shops)


def sign_out(desk: Desk) -> Response:
    """End the session of this browser (`where=here`), or all sessions of this person."""
    from chalicelib.usecases.desk.sign_in import sign_out

    assert desk.session is not None
    is_everywhere = desk.form.get("where") != "here"
    return see_other(sign_out(services(), desk.session, is_everywhere), cookies.written(cookies.SESSION, "", 0))


def signed_out(desk: Desk) -> Response:
    """Say that one is signed out."""
    return page(desk, "signed_out.html")


def choose_language(desk: Desk) -> Response:
    """Show the desk in this language in this browser."""
    language = "zh" if desk.form.get("language") == "zh" else "en"
    back = desk.form.get("back", "")
    address = back if back.startswith(desk.address("/")) else desk.address("/")
    return see_other(address, cookies.written(cookies.LANGUAGE, language, LANGUAGE_S))
