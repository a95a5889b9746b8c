"""What may be done with a person's data: export it, keep it by a legal hold, erase it."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Conflict, Held, Invalid, NotAllowed
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import may, need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.privacy.pages import find_person, person_page
from chalicelib.observability import logger


def export(desk: Desk) -> Response:
    """Have all data about the person exported; the link goes to their own email address. Staff's notes are in it only
    if a supervisor says so."""
    from chalicelib.usecases.privacy import on_request

    open_card(desk, "privacy")
    customer, notes = find_person(desk, desk.form.get("customer")), desk.form.get("notes") == "yes"
    if notes and not may(desk.caller, "supervisor"):
        raise NotAllowed("Giving staff's notes out needs the group 'supervisor' or 'admin'.")
    try:
        requested = on_request.export(services(), customer, desk.caller.actor, notes)
    except Conflict:
        return person_page(desk, customer.id, 409, fault="privacy.fault.address")
    logger.info("customer exported", extra={"customer": requested.customer, "export": requested.id})
    return _done(desk, customer.id, "export")


def hold(desk: Desk) -> Response:
    """Place a legal hold, for a reason."""
    from chalicelib.domain.privacy.retention import HoldIn
    from chalicelib.usecases.privacy import on_request

    need_change(desk, "privacy")
    customer = find_person(desk, desk.form.get("customer"))
    try:
        body = form_body({"reason": desk.form.get("reason", "")}, HoldIn)
    except Invalid:
        return person_page(desk, customer.id, 422, fault="privacy.fault.reason", reason=desk.form.get("reason", ""))
    stored = on_request.hold(services(), customer, body.reason, desk.caller.actor)
    logger.info("customer held", extra={"customer": stored.id})
    return _done(desk, customer.id, "hold")


def end_hold(desk: Desk) -> Response:
    """End a legal hold."""
    from chalicelib.usecases.privacy import on_request

    need_change(desk, "privacy")
    customer = find_person(desk, desk.form.get("customer"))
    stored = on_request.end_hold(services(), customer, desk.caller.actor)
    logger.info("hold ended", extra={"customer": stored.id})
    return _done(desk, customer.id, "end_hold")


def erase(desk: Desk) -> Response:
    """Erase the person's data, once the word is typed that the page asks for; the receipt."""
    from chalicelib.usecases.privacy import on_request

    need_change(desk, "privacy")
    customer = find_person(desk, desk.form.get("customer"))
    word = services().desk_pages.words(desk.language)["privacy.erase.word"]
    if desk.form.get("confirm", "").casefold() != word.casefold():
        return person_page(desk, customer.id, 422, fault="privacy.fault.confirm")
    try:
        outcome = on_request.erase(services(), customer, desk.caller.actor)
    except Held:
        return person_page(desk, customer.id, 409, fault="privacy.fault.held")
    logger.info("customer erased", extra={"customer": outcome.customer, "cases": outcome.cases, "files": outcome.files})
    return setting_page(desk, "privacy", "erased.html", outcome=outcome)


def _done(desk: Desk, customer: str, what: str) -> Response:
    return see_other(desk.address(f"settings/privacy/person?customer={customer}&done={what}"))
