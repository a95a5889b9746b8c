"""Cases: open, read, list, and work on them."""

import re
from collections.abc import Callable

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import desk
from chalicelib.domain import inputs, instants
from chalicelib.domain.errors import invalid
from chalicelib.domain.flows.inputs import FlowStart, MoneyAsked, MoneyStep, MoveIn, TaskIn, TaskResult
from chalicelib.domain.ids import key_in
from chalicelib.domain.inputs import check_hook
from chalicelib.domain.vocabulary import STATUSES
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, need_shop, parameter
from chalicelib.entrypoints.http.views import case_view, event_view, why_view
from chalicelib.observability import about, logger
from chalicelib.usecases import give_money, move_flow, work_case, work_tasks
from chalicelib.usecases.desk import shop_of
from chalicelib.usecases.explain_case import explain_case
from chalicelib.usecases.follow_up import adopt_orphans
from chalicelib.usecases.open_case import case_key, customer_key, meet, of_request, open_case
from chalicelib.usecases.ports import Once, Page, Stored
from chalicelib.usecases.read_case import CaseFile, as_at, as_of, find_case, open_files

cases = Blueprint(__name__)


@cases.route("/v1/cases", methods=["POST"], authorizer=STAFF)
@answering
def create() -> Response:
    """Open a case."""
    request = cases.current_request
    body = body_of(request, inputs.OpenCase)
    caller = need_shop(request, body.shop, f"shop {body.shop!r}")
    once = requests.once_of(request, caller)
    now = desk().now()
    check_hook(body, now)

    def do() -> CaseFile:
        shop = shop_of(desk(), body.shop)
        customer = meet(desk(), shop, body, now)
        asked = of_request(shop, body, customer, caller.actor, now, None)
        stored = open_case(desk(), shop, asked, once=once, expect_new=True)
        adopt_orphans(desk(), shop, stored)
        assert stored.case is not None
        return CaseFile(stored.case, stored.version, asked.subject, asked.order, customer)

    return _shown(_once(once, do), 201)


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
    return answer(requests.page_body(page, [case_view(file) for file in open_files(desk(), page.items)]))


def _found(request: Request, shop: str) -> Page:
    status, assignee, customer = (parameter(request, name) for name in ("status", "assignee", "customer"))
    known = next((one for one in STATUSES if one == status), None)
    if status is not None and known is None:
        raise invalid("status", f"is one of {', '.join(STATUSES)}")
    limit, after = requests.limit_of(request), requests.cursor_of(request)
    if after is not None and not re.fullmatch("[0-9]{13}#[0-9A-Z]{16}", after):
        raise invalid("next", "is not a cursor of this list")
    external_id = parameter(request, "external_id")
    if external_id is not None:
        stored = desk().cases.load(case_key(shop, external_id))
        case = stored.case
        fits = case is not None and status in (None, case.status) and assignee in (None, case.assignee)
        fits = fits and case is not None and (customer is None or key_in(case.customer) in _keys(shop, customer))
        return Page([stored] if fits else [])
    if customer is None:
        return desk().cases.find(shop, known, assignee, None, limit, after)
    pages = (desk().cases.find(shop, known, assignee, key, limit, after) for key in _keys(shop, customer))
    return next((page for page in pages if page.items), Page([]))


def _keys(shop: str, customer: str) -> tuple[str, str]:
    """A customer is named by their external id or by their id."""
    return customer_key(shop, customer), key_in(customer)


@cases.route("/v1/cases/{case}", methods=["GET"], authorizer=STAFF)
@answering
def read(case: str) -> Response:
    """A case as it stands, or as it stood `at` a time."""
    request = cases.current_request
    known_parameters(request, "at")
    stored = _visible(request, case)
    at = parameter(request, "at")
    if at is not None:
        try:
            stored = as_at(desk(), stored, instants.parse(at.replace(" ", "+")))
        except ValueError as wrong:
            raise invalid("at", str(wrong)) from None
    return _shown(open_files(desk(), [stored])[0])


@cases.route("/v1/cases/{case}/events", methods=["GET"], authorizer=STAFF)
@answering
def history(case: str) -> Response:
    """What happened to a case, in order."""
    request = cases.current_request
    known_parameters(request, "limit", "next")
    stored = _visible(request, case)
    page = desk().cases.page_of_events(stored.key, requests.limit_of(request), requests.cursor_of(request))
    body = requests.page_body(page, [event_view(event, case) for event in page.items])
    return answer(body, headers={"ETag": f'"{stored.version}"'})


@cases.route("/v1/cases/{case}/why", methods=["GET"], authorizer=STAFF)
@answering
def why(case: str) -> Response:
    """Why the case's flow went as it did, in Chinese and English."""
    request = cases.current_request
    known_parameters(request)
    stored = _visible(request, case)
    return answer(why_view(explain_case(desk(), stored), desk().pages), headers={"ETag": f'"{stored.version}"'})


@cases.route("/v1/cases/{case}/messages", methods=["POST"], authorizer=STAFF)
@answering
def write(case: str) -> Response:
    """Reply to the customer, or note something for colleagues."""
    return _work(case, inputs.Message, work_case.write, 201)


@cases.route("/v1/cases/{case}/assign", methods=["POST"], authorizer=STAFF)
@answering
def assign(case: str) -> Response:
    """Give the case to somebody."""
    return _work(case, inputs.Assignment, work_case.assign)


@cases.route("/v1/cases/{case}/status", methods=["POST"], authorizer=STAFF)
@answering
def set_status(case: str) -> Response:
    """Move the case on."""
    return _work(case, inputs.StatusChange, work_case.set_status)


@cases.route("/v1/cases/{case}/escalate", methods=["POST"], authorizer=STAFF)
@answering
def escalate(case: str) -> Response:
    """Raise the case by one tier."""
    return _work(case, inputs.Escalate, work_case.escalate)


@cases.route("/v1/cases/{case}/flow/{move}", methods=["POST"], authorizer=STAFF)
@answering
def move(case: str, move: str) -> Response:
    """Start an after-sales flow, or make a move of it."""
    if move == "start":
        return _work(case, FlowStart, move_flow.start_flow, 201)
    return _work(case, MoveIn, lambda desk, deed, told: move_flow.move_flow(desk, deed, move, told))


@cases.route("/v1/cases/{case}/money", methods=["POST"], authorizer=STAFF)
@answering
def propose_money(case: str) -> Response:
    """Propose to give the customer something."""
    return _work(case, MoneyAsked, give_money.propose_money, 201)


@cases.route("/v1/cases/{case}/money/{money}/{step}", methods=["POST"], authorizer=STAFF)
@answering
def step_money(case: str, money: str, step: str) -> Response:
    """Approve or decline it, ask for it to be paid, or say what came of that."""
    second = requests.caller_of(cases.current_request).is_second_person
    return _work(case, MoneyStep, lambda desk, deed, told: give_money.step_money(desk, deed, money, step, told, second))


@cases.route("/v1/cases/{case}/tasks", methods=["POST"], authorizer=STAFF)
@answering
def open_task(case: str) -> Response:
    """Give a department something to do."""
    return _work(case, TaskIn, work_tasks.open_task, 201)


@cases.route("/v1/cases/{case}/tasks/{task}/done", methods=["POST"], authorizer=STAFF)
@answering
def finish_task(case: str, task: str) -> Response:
    """Say what came of a task."""
    return _work(case, TaskResult, lambda desk, deed, told: work_tasks.finish_task(desk, deed, task, told))


def _work(case: str, shape: type[requests.T], deed: Callable[..., Stored], status: int = 200) -> Response:
    request = cases.current_request
    seen = _visible(request, case)
    assert seen.case is not None
    body, caller = body_of(request, shape), requests.caller_of(request)
    once, expected = requests.once_of(request, caller), requests.expected_version(request)
    asked = work_case.Deed(case=case, shop=seen.case.shop, by=caller.actor, expected=expected, once=once, seen=seen)
    return _shown(_once(once, lambda: open_files(desk(), [deed(desk(), asked, body)])[0]), status)


def _once(once: Once | None, do: Callable[[], CaseFile]) -> CaseFile:
    def again(before: Once) -> CaseFile:
        return open_files(desk(), [as_of(desk(), find_case(desk(), before.case), before.version)])[0]

    return requests.once_only(once, desk().cases.answered, do, again)


def _visible(request: Request, identifier: str) -> Stored:
    stored = find_case(desk(), identifier)
    assert stored.case is not None
    need_shop(request, stored.case.shop, f"case {identifier!r}")
    about(stored.key)
    return stored


def _shown(file: CaseFile, status: int = 200) -> Response:
    logger.info("case", extra={"case": file.case.id, "version": file.version})
    return answer(case_view(file), status, {"ETag": f'"{file.version}"'})
