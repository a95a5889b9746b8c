"""Customers: search them, show their profiles, and merge records of one person."""

from collections.abc import Callable

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import caller_of, need_shop
from chalicelib.entrypoints.http.customers.lookup import find_visible
from chalicelib.entrypoints.http.customers.views import (
    access_view,
    case_summary,
    customer_event_view,
    order_view,
    profile_view,
    record_view,
)
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.observability import logger
from chalicelib.usecases.customers import read_customer

customers = Blueprint(__name__)
LISTED = "[0-9]{13}#.{1,200}"


@customers.route("/v1/customers", methods=["GET"], authorizer=STAFF)
@answering
def search() -> Response:
    """Search customers by email address, phone number or external id."""
    request = customers.current_request
    known_parameters(request, "shop", "email", "phone", "external_id")
    shop = parameter(request, "shop")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose customers you want")
    need_shop(request, shop, f"shop {shop!r}")
    criteria = [parameter(request, name) for name in ("email", "phone", "external_id")]
    if not any(criteria):
        raise invalid("", "names nobody: give email, phone or external_id")
    matches = read_customer.search_customers(services(), shop, *criteria)
    note_access(request, [customer.id for customer in matches], "search")
    return answer({"items": [record_view(customer) for customer in matches], "next": None})


@customers.route("/v1/customers/{customer}", methods=["GET"], authorizer=STAFF)
@answering
def read(customer: str) -> Response:
    """A customer's profile with a page of their cases."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    record = find_visible(request, customer)
    after = requests.cursor_of(request, LISTED)
    profile = read_customer.read_profile(services(), record, requests.limit_of(request), after)
    return _profile_answer(request, profile)


@customers.route("/v1/customers/{customer}/orders", methods=["GET"], authorizer=STAFF)
@answering
def orders(customer: str) -> Response:
    """A customer's orders, the newest first."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    record = find_visible(request, customer)
    limit = requests.limit_of(request)
    page = read_customer.read_orders(services(), record, limit, requests.cursor_of(request, LISTED))
    note_access(request, [record.id], "orders")
    return answer(requests.page_body(page, [order_view(order_record) for order_record in page.items]))


@customers.route("/v1/customers/{customer}/events", methods=["GET"], authorizer=STAFF)
@answering
def events(customer: str) -> Response:
    """What happened to a customer's record, in order."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    record = find_visible(request, customer)
    limit = requests.limit_of(request)
    after = requests.cursor_of(request, "E#[0-9A-Z]{26}")
    page = services().identities.events(key_of_id(record.id), limit, after)
    return answer(requests.page_body(page, [customer_event_view(event) for event in page.items]))


@customers.route("/v1/customers/{customer}/accesses", methods=["GET"], authorizer=STAFF)
@answering
def accesses(customer: str) -> Response:
    """Which members of staff read this customer's data, and when."""
    from chalicelib.usecases.customers.read_accesses import read_accesses

    request = customers.current_request
    known_parameters(request, "limit", "next")
    record = find_visible(request, customer)
    limit = requests.limit_of(request)
    after = requests.cursor_of(request, "A#[0-9]{13}#.{1,300}")
    page = read_accesses(services(), record, limit, after)
    return answer(requests.page_body(page, [access_view(access) for access in page.items]))


@customers.route("/v1/customers/{customer}/merge", methods=["POST"], authorizer=STAFF)
@answering
def merge(customer: str) -> Response:
    """Merge another record of the same person into this one."""
    from chalicelib.usecases.customers import merge_customers

    return _change_link(customer, merge_customers.merge)


@customers.route("/v1/customers/{customer}/unmerge", methods=["POST"], authorizer=STAFF)
@answering
def unmerge(customer: str) -> Response:
    """Take a record of another person out of this one."""
    from chalicelib.usecases.customers import merge_customers

    return _change_link(customer, merge_customers.unmerge)


def _change_link(customer: str, change: Callable[..., None]) -> Response:
    """Have a use case merge or unmerge two records; the profile after that."""
    from chalicelib.domain.customers.commands import MergeIn
    from chalicelib.usecases.customers import merge_customers

    request = customers.current_request
    record = find_visible(request, customer)
    body = body_of(request, MergeIn)
    into, member = merge_customers.load_pair(services(), record.id, body.customer)
    change(services(), into, member, caller_of(request).actor, body.reason or "")
    logger.info("customers joined", extra={"into": into.id, "member": member.id, "what": change.__name__})
    current = read_customer.find_customer(services(), customer)
    return _profile_answer(request, read_customer.read_profile(services(), current, requests.DEFAULT_LIMIT, None))


def _profile_answer(request: Request, profile: read_customer.Profile) -> Response:
    shown = [*profile.records, *(record for record, _ in profile.suggested)]
    note_access(request, [record.id for record in shown], "profile")
    page = requests.page_body(profile.cases, [case_summary(stored) for stored in profile.cases.items])
    return answer(profile_view(profile) | {"cases": page["items"], "next": page["next"]})
