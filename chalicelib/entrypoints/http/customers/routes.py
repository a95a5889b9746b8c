"""Customers: their profile, which records are one person, who read of them, and forgetting them."""

from typing import Any

import msgspec
from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.customers.commands import MergeIn
from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.customers.customer import Access, Customer, CustomerEvent
from chalicelib.domain.customers.segments import CareIn
from chalicelib.domain.kernel.errors import NotAllowed, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.privacy.retention import HoldIn
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.customers.views import case_line, consents_view, profile_view, record_view, sale_view
from chalicelib.entrypoints.http.fields import actor_view, time_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, need_admin, need_shop, parameter
from chalicelib.observability import logger
from chalicelib.usecases.customers import merge_customers, read_customer
from chalicelib.usecases.customers.record_care_needs import record_care_needs
from chalicelib.usecases.customers.record_consent import record_consent

customers = Blueprint(__name__)
LISTED = "[0-9]{13}#.{1,200}"


@customers.route("/v1/customers", methods=["GET"], authorizer=STAFF)
@answering
def search() -> Response:
    """Who has this address, number or external id."""
    request = customers.current_request
    known_parameters(request, "shop", "email", "phone", "external_id")
    shop = parameter(request, "shop")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose customers you want")
    need_shop(request, shop, f"shop {shop!r}")
    told = [parameter(request, name) for name in ("email", "phone", "external_id")]
    if not any(told):
        raise invalid("", "names nobody: give email, phone or external_id")
    found = read_customer.look_up(services(), shop, *told)
    note_access(request, [one.id for one in found], "search")
    return answer({"items": [record_view(one) for one in found], "next": None})


@customers.route("/v1/customers/{customer}", methods=["GET"], authorizer=STAFF)
@answering
def read(customer: str) -> Response:
    """A person's profile with a page of their cases."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    found, after = _visible(request, customer), requests.cursor_of(request, LISTED)
    return _shown(request, read_customer.read_profile(services(), found, requests.limit_of(request), after))


@customers.route("/v1/customers/{customer}/orders", methods=["GET"], authorizer=STAFF)
@answering
def orders(customer: str) -> Response:
    """A person's orders, newest first."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    found = _visible(request, customer)
    page = read_customer.orders_of(services(), found, requests.limit_of(request), requests.cursor_of(request, LISTED))
    note_access(request, [found.id], "orders")
    return answer(requests.page_body(page, [sale_view(sale) for sale in page.items]))


@customers.route("/v1/customers/{customer}/events", methods=["GET"], authorizer=STAFF)
@answering
def events(customer: str) -> Response:
    """What happened to a customer's record, in order."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    found = _visible(request, customer)
    page = services().identities.events(
        key_of_id(found.id), requests.limit_of(request), requests.cursor_of(request, "E#[0-9A-Z]{26}")
    )
    return answer(requests.page_body(page, [_event_view(event) for event in page.items]))


@customers.route("/v1/customers/{customer}/accesses", methods=["GET"], authorizer=STAFF)
@answering
def accesses(customer: str) -> Response:
    """Who of the staff read of this person, and when."""
    request = customers.current_request
    known_parameters(request, "limit", "next")
    found = _visible(request, customer)
    page = services().identities.accesses(
        key_of_id(found.id), requests.limit_of(request), requests.cursor_of(request, "A#[0-9]{13}#.{1,300}")
    )
    return answer(requests.page_body(page, [_access_view(access) for access in page.items]))


@customers.route("/v1/customers/{customer}/merge", methods=["POST"], authorizer=STAFF)
@answering
def merge(customer: str) -> Response:
    """Say that another record is this person, too."""
    return _joined(customer, merge_customers.merge)


@customers.route("/v1/customers/{customer}/unmerge", methods=["POST"], authorizer=STAFF)
@answering
def unmerge(customer: str) -> Response:
    """Say that a record that was merged into this one is somebody else."""
    return _joined(customer, merge_customers.unmerge)


def _joined(customer: str, do: Any) -> Response:
    request = customers.current_request
    found, told = _visible(request, customer), body_of(request, MergeIn)
    into, member = merge_customers.two_of(services(), found.id, told.customer)
    do(services(), into, member, requests.caller_of(request).actor, told.reason or "")
    logger.info("customers joined", extra={"into": into.id, "member": member.id, "what": do.__name__})
    now = read_customer.find_customer(services(), customer)
    return _shown(request, read_customer.read_profile(services(), now, requests.DEFAULT_LIMIT, None))


def _shown(request: Request, profile: read_customer.Profile) -> Response:
    note_access(request, [one.id for one in (*profile.records, *(one for one, _ in profile.suggested))], "profile")
    page = requests.page_body(profile.cases, [case_line(stored) for stored in profile.cases.items])
    return answer(profile_view(profile) | {"cases": page["items"], "next": page["next"]})


@customers.route("/v1/customers/{customer}/consents", methods=["PUT"], authorizer=STAFF)
@answering
def consent(customer: str) -> Response:
    """Write down what a person allows, or no longer allows."""
    request = customers.current_request
    found, told = _visible(request, customer), body_of(request, ConsentIn)
    kept = record_consent(services(), found, told, requests.caller_of(request).actor)
    logger.info("consent", extra={"customer": kept.id, "purpose": told.purpose, "state": told.state})
    return answer({"consents": consents_view(kept)})


@customers.route("/v1/customers/{customer}/care", methods=["PUT"], authorizer=STAFF)
@answering
def care(customer: str) -> Response:
    """Write down what special care a person says they need."""
    request = customers.current_request
    found, told = _visible(request, customer), body_of(request, CareIn)
    kept = record_care_needs(services(), found, told.needs, requests.caller_of(request).actor)
    logger.info("care", extra={"customer": kept.id})
    return answer({"care": list(kept.care)})


@customers.route("/v1/customers/{customer}/hold", methods=["PUT"], authorizer=STAFF)
@answering
def hold(customer: str) -> Response:
    """Keep a person's data, whoever asks for it to be forgotten (legal hold)."""
    from chalicelib.usecases.privacy import legal_hold as hold_customer

    request = customers.current_request
    caller, told = need_admin(request), body_of(request, HoldIn)
    kept = hold_customer.place_legal_hold(
        services(), read_customer.find_customer(services(), customer), told.reason, caller.actor
    )
    logger.info("customer held", extra={"customer": kept.id})
    return answer({"customer": kept.id, "held": time_view(kept.held)})


@customers.route("/v1/customers/{customer}/hold", methods=["DELETE"], authorizer=STAFF)
@answering
def end_hold(customer: str) -> Response:
    """End a legal hold."""
    from chalicelib.usecases.privacy import legal_hold as hold_customer

    caller = need_admin(customers.current_request)
    kept = hold_customer.end_legal_hold(services(), read_customer.find_customer(services(), customer), caller.actor)
    logger.info("hold ended", extra={"customer": kept.id})
    return answer({"customer": kept.id, "held": time_view(kept.held)})


@customers.route("/v1/customers/{customer}/export", methods=["POST"], authorizer=STAFF)
@answering
def export(customer: str) -> Response:
    """Have all that is held of a person sent to them: a link to it goes to their own address. With `notes=true` also
    what staff wrote among themselves: a supervisor looked whether it may be given."""
    request = customers.current_request
    known_parameters(request, "notes")
    caller, person = requests.caller_of(request), _visible(request, customer)
    notes = parameter(request, "notes")
    if notes not in (None, "true", "false"):
        raise invalid("notes", "is true or false")
    if notes == "true" and not caller.is_second_person:
        raise NotAllowed("Giving staff's notes out needs the group 'supervisor' or 'admin'.")
    from chalicelib.usecases.privacy.export_customer import ask_for_export

    asked = ask_for_export(services(), person, caller.actor, notes == "true")
    logger.info("export asked", extra={"customer": asked.customer, "export": asked.id})
    return answer({"export": asked.id, "until": format_instant(asked.until)}, 202)


@customers.route("/v1/customers/{customer}", methods=["DELETE"], authorizer=STAFF)
@answering
def erase(customer: str) -> Response:
    """Forget a person: their key is destroyed. The answer is the receipt."""
    caller = need_admin(customers.current_request)
    from chalicelib.usecases.privacy.erase_customer import erase_customer

    made = erase_customer(services(), read_customer.find_customer(services(), customer), caller.actor)
    logger.info("customer forgotten", extra={"customer": made.customer, "cases": made.cases, "files": made.files})
    return answer(msgspec.to_builtins(made) | {"at": format_instant(made.at)})


def _visible(request: Request, identifier: str) -> Customer:
    found = read_customer.find_customer(services(), identifier)
    need_shop(request, found.shop, f"customer {identifier!r}")
    return found


def _event_view(event: CustomerEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "at": format_instant(event.at),
        "by": actor_view(event.by),
        "data": event.data | ({"reason": event.reason} if event.reason else {}),
    }


def _access_view(access: Access) -> dict[str, Any]:
    return {"by": access.by, "what": access.what, "hour": format_instant(access.hour)}
