"""Cases: open, read and list them, and handle commands on them."""

import msgspec
from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.enums import STATUSES, Status
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.cases.command_kit import case_answer, find_visible, handle_once, run_command
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.idempotency import idempotency_of
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import BY_TIME, answer, body_of, known_parameters, parameter
from chalicelib.usecases.ports.cases import Page

cases = Blueprint(__name__)


@cases.route("/v1/cases", methods=["POST"], authorizer=STAFF)
@answering
def create() -> Response:
    """Open a case."""
    from chalicelib.domain.cases.payloads import OpenCase
    from chalicelib.domain.intake.payloads import check_payload
    from chalicelib.usecases.cases.open_case import open_case
    from chalicelib.usecases.cases.open_requested_case import (
        case_request_of,
        read_ahead,
        typed_on_arrival,
        upsert_requester,
    )
    from chalicelib.usecases.cases.read_case import CaseFile
    from chalicelib.usecases.ports.shop_rules import shop_of
    from chalicelib.usecases.surveys.open_follow_up_case import adopt_waiting_events

    request = cases.current_request
    body = body_of(request, OpenCase)
    caller = need_shop(request, body.shop, f"shop {body.shop!r}")
    idempotency = idempotency_of(request, caller)
    now = services().now()
    check_payload(body, now)

    def do() -> CaseFile:
        read_ahead(services(), body.shop, body, with_shop=True)
        shop = shop_of(services(), body.shop)
        customer = upsert_requester(services(), shop, body, now)
        untyped = case_request_of(shop, body, customer, caller.actor, now, None)
        case_request = typed_on_arrival(services(), shop, body, untyped)
        stored = open_case(services(), shop, case_request, idempotency=idempotency, expect_new=True)
        adopt_waiting_events(services(), shop, stored)
        assert stored.case is not None
        return CaseFile(stored.case, stored.version, case_request.subject, case_request.order, customer)

    return case_answer(handle_once(idempotency, do), 201)


@cases.route("/v1/cases", methods=["GET"], authorizer=STAFF)
@answering
def search() -> Response:
    """List the cases of a shop, the newest first."""
    from chalicelib.usecases.cases.read_case import load_case_files

    request = cases.current_request
    known_parameters(request, "shop", "status", "assignee", "customer", "external_id", "limit", "next")
    shop = parameter(request, "shop")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose cases you want")
    need_shop(request, shop, f"shop {shop!r}")
    page = _find_cases(request, shop)
    note_access(request, [stored.case.customer for stored in page.items], "cases")
    return answer(requests.page_body(page, [case_view(file) for file in load_case_files(services(), page.items)]))


class CaseFilter(Struct, frozen=True):
    """Which cases to list; None stands for all. `customer`: the customer's id or external id."""

    status: Status | None
    assignee: str | None
    customer: str | None


def _find_cases(request: Request, shop: str) -> Page:
    wanted = CaseFilter(_status_of(request), parameter(request, "assignee"), parameter(request, "customer"))
    limit = requests.limit_of(request)
    after = requests.cursor_of(request, BY_TIME)
    external_id = parameter(request, "external_id")
    if external_id is not None:
        return _find_by_external_id(shop, external_id, wanted)
    if wanted.customer is None:
        return services().cases.find(shop, wanted.status, wanted.assignee, None, limit, after)
    pages = (
        services().cases.find(shop, wanted.status, wanted.assignee, key, limit, after)
        for key in _customer_keys(shop, wanted.customer)
    )
    return next((page for page in pages if page.items), Page([]))


def _status_of(request: Request) -> Status | None:
    text = parameter(request, "status")
    status = next((status for status in STATUSES if status == text), None)
    if text is not None and status is None:
        raise invalid("status", f"is one of {', '.join(STATUSES)}")
    return status


def _find_by_external_id(shop: str, external_id: str, wanted: CaseFilter) -> Page:
    stored = services().cases.load(case_key(shop, external_id))
    case = stored.case
    if case is None or wanted.status not in (None, case.status) or wanted.assignee not in (None, case.assignee):
        return Page([])
    if wanted.customer is not None and key_of_id(case.customer) not in _customer_keys(shop, wanted.customer):
        return Page([])
    return Page([stored])


def _customer_keys(shop: str, customer: str) -> tuple[str, str]:
    """The keys of the customers with this external id, and with this id."""
    from chalicelib.usecases.customers.upsert_customer import customer_key

    return customer_key(services(), shop, customer), key_of_id(customer)


@cases.route("/v1/cases/{case}", methods=["GET"], authorizer=STAFF)
@answering
def read(case: str) -> Response:
    """A case as it is now, or as it was at the time of the parameter `at`."""
    from chalicelib.usecases.cases.read_case import case_at_time, load_case_files, read_ahead_of_answer, with_money
    from chalicelib.usecases.side_conversations.read_sides import with_sides

    request = cases.current_request
    known_parameters(request, "at")
    stored = find_visible(request, case)
    time = parameter(request, "at")
    if time is not None:
        try:
            stored = case_at_time(services(), stored, parse_instant(time.replace(" ", "+")))
        except ValueError as error:
            raise invalid("at", str(error)) from None
    read_ahead_of_answer(services(), stored)
    file = with_sides(services(), load_case_files(services(), [stored])[0])
    return case_answer(with_money(services(), file) if time is None else file)


@cases.route("/v1/cases/{case}/events", methods=["GET"], authorizer=STAFF)
@answering
def history(case: str) -> Response:
    """What happened to a case, in order."""
    from chalicelib.usecases.cases.event_view import event_view

    request = cases.current_request
    known_parameters(request, "limit", "next")
    stored = find_visible(request, case)
    page = services().cases.page_of_events(stored.key, requests.limit_of(request), requests.cursor_of(request))
    body = requests.page_body(page, [event_view(event, case) for event in page.items])
    return answer(body, headers={"ETag": f'"{stored.version}"'})


@cases.route("/v1/cases/{case}/mails/{letter}", methods=["GET"], authorizer=STAFF)
@answering
def mail(case: str, letter: str) -> Response:
    """The full text of an inbound email of this case, with its quotes, and a link to the original."""
    known_parameters(cases.current_request)
    stored = find_visible(cases.current_request, case)
    from chalicelib.usecases.email.read_email import read_email

    return answer(msgspec.to_builtins(read_email(services(), stored, letter)))


@cases.route("/v1/cases/{case}/messages", methods=["POST"], authorizer=STAFF)
@answering
def write(case: str) -> Response:
    """Reply to the customer, or add an internal note."""
    from chalicelib.domain.cases import payloads
    from chalicelib.usecases.composer.write_message import write_message

    return run_command(cases.current_request, case, payloads.Message, write_message, 201)


@cases.route("/v1/cases/{case}/assign", methods=["POST"], authorizer=STAFF)
@answering
def assign(case: str) -> Response:
    """Assign the case to an agent."""
    from chalicelib.domain.cases import payloads
    from chalicelib.usecases.cases import handle_command

    return run_command(cases.current_request, case, payloads.Assignment, handle_command.assign)


@cases.route("/v1/cases/{case}/status", methods=["POST"], authorizer=STAFF)
@answering
def set_status(case: str) -> Response:
    """Change the status of the case."""
    from chalicelib.domain.cases import payloads
    from chalicelib.usecases.cases import handle_command

    return run_command(cases.current_request, case, payloads.StatusChange, handle_command.set_status)


@cases.route("/v1/cases/{case}/escalate", methods=["POST"], authorizer=STAFF)
@answering
def escalate(case: str) -> Response:
    """Escalate the case by one tier."""
    from chalicelib.domain.cases import payloads
    from chalicelib.usecases.cases import handle_command

    return run_command(cases.current_request, case, payloads.Escalate, handle_command.escalate)
