"""Cases: open, read, list, and work on them."""

import msgspec
from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.payloads import OpenCase
from chalicelib.domain.intake.payloads import check_payload
from chalicelib.domain.kernel import timestamps as instants
from chalicelib.domain.kernel.enums import STATUSES
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.cases.command_kit import once_only, shown, visible, work
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, need_shop, parameter
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.event_view import event_view
from chalicelib.usecases.cases.open_case import case_key, of_request, open_case
from chalicelib.usecases.cases.read_case import CaseFile, as_at, open_files, with_money
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_requester
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports import Page
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.surveys.follow_up import adopt_waiting_events

cases = Blueprint(__name__)
LISTED = "[0-9]{13}#[0-9A-Z]{16}"


@cases.route("/v1/cases", methods=["POST"], authorizer=STAFF)
@answering
def create() -> Response:
    """Open a case."""
    request = cases.current_request
    body = body_of(request, OpenCase)
    caller = need_shop(request, body.shop, f"shop {body.shop!r}")
    idempotency = requests.once_of(request, caller)
    now = services().now()
    check_payload(body, now)

    def do() -> CaseFile:
        shop = shop_of(services(), body.shop)
        customer = upsert_requester(services(), shop, body, now)
        asked = of_request(shop, body, customer, caller.actor, now, None)
        stored = open_case(services(), shop, asked, idempotency=idempotency, expect_new=True)
        adopt_waiting_events(services(), shop, stored)
        assert stored.case is not None
        return CaseFile(stored.case, stored.version, asked.subject, asked.order, customer)

    return shown(once_only(idempotency, do), 201)


@cases.route("/v1/cases", methods=["GET"], authorizer=STAFF)
@answering
def search() -> Response:
    """List the cases of a shop, newest first."""
    request = cases.current_request
    known_parameters(request, "shop", "status", "assignee", "customer", "external_id", "limit", "next")
    shop = parameter(request, "shop")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose cases you want")
    need_shop(request, shop, f"shop {shop!r}")
    page = _found(request, shop)
    note_access(request, [stored.case.customer for stored in page.items], "cases")
    return answer(requests.page_body(page, [case_view(file) for file in open_files(services(), page.items)]))


def _found(request: Request, shop: str) -> Page:
    status, assignee, customer = (parameter(request, name) for name in ("status", "assignee", "customer"))
    known = next((one for one in STATUSES if one == status), None)
    if status is not None and known is None:
        raise invalid("status", f"is one of {', '.join(STATUSES)}")
    limit, after = requests.limit_of(request), requests.cursor_of(request, LISTED)
    external_id = parameter(request, "external_id")
    if external_id is not None:
        stored = services().cases.load(case_key(shop, external_id))
        case = stored.case
        fits = case is not None and status in (None, case.status) and assignee in (None, case.assignee)
        fits = fits and case is not None and (customer is None or key_of_id(case.customer) in _keys(shop, customer))
        return Page([stored] if fits else [])
    if customer is None:
        return services().cases.find(shop, known, assignee, None, limit, after)
    pages = (services().cases.find(shop, known, assignee, key, limit, after) for key in _keys(shop, customer))
    return next((page for page in pages if page.items), Page([]))


def _keys(shop: str, customer: str) -> tuple[str, str]:
    """A customer is named by their external id or by their id."""
    return customer_key(services(), shop, customer), key_of_id(customer)


@cases.route("/v1/cases/{case}", methods=["GET"], authorizer=STAFF)
@answering
def read(case: str) -> Response:
    """A case as it stands, or as it stood `at` a time."""
    request = cases.current_request
    known_parameters(request, "at")
    stored = visible(request, case)
    at = parameter(request, "at")
    if at is not None:
        try:
            stored = as_at(services(), stored, instants.parse_instant(at.replace(" ", "+")))
        except ValueError as wrong:
            raise invalid("at", str(wrong)) from None
    file = open_files(services(), [stored])[0]
    return shown(with_money(services(), file) if at is None else file)


@cases.route("/v1/cases/{case}/events", methods=["GET"], authorizer=STAFF)
@answering
def history(case: str) -> Response:
    """What happened to a case, in order."""
    request = cases.current_request
    known_parameters(request, "limit", "next")
    stored = visible(request, case)
    page = services().cases.page_of_events(stored.key, requests.limit_of(request), requests.cursor_of(request))
    body = requests.page_body(page, [event_view(event, case) for event in page.items])
    return answer(body, headers={"ETag": f'"{stored.version}"'})


@cases.route("/v1/cases/{case}/mails/{letter}", methods=["GET"], authorizer=STAFF)
@answering
def mail(case: str, letter: str) -> Response:
    """All a mail said that came in to this case, quotes included, and a link to it as it came."""
    known_parameters(cases.current_request)
    stored = visible(cases.current_request, case)
    from chalicelib.usecases.email.read_email import read_email

    return answer(msgspec.to_builtins(read_email(services(), stored, letter)))


@cases.route("/v1/cases/{case}/messages", methods=["POST"], authorizer=STAFF)
@answering
def write(case: str) -> Response:
    """Reply to the customer, or note something for colleagues."""
    return work(cases.current_request, case, payloads.Message, write_reply.write, 201)


@cases.route("/v1/cases/{case}/assign", methods=["POST"], authorizer=STAFF)
@answering
def assign(case: str) -> Response:
    """Give the case to somebody."""
    return work(cases.current_request, case, payloads.Assignment, handle_command.assign)


@cases.route("/v1/cases/{case}/status", methods=["POST"], authorizer=STAFF)
@answering
def set_status(case: str) -> Response:
    """Move the case on."""
    return work(cases.current_request, case, payloads.StatusChange, handle_command.set_status)


@cases.route("/v1/cases/{case}/escalate", methods=["POST"], authorizer=STAFF)
@answering
def escalate(case: str) -> Response:
    """Raise the case by one tier."""
    return work(cases.current_request, case, payloads.Escalate, handle_command.escalate)
