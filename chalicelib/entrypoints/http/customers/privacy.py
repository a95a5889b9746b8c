"""A customer's personal data: consents, special care, legal holds, exports and erasure."""

import msgspec
from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, invalid
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import Caller, caller_of, need_admin
from chalicelib.entrypoints.http.customers.lookup import find_visible
from chalicelib.entrypoints.http.customers.views import consents_view
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.observability import logger

personal_data = Blueprint(__name__)


@personal_data.route("/v1/customers/{customer}/consents", methods=["PUT"], authorizer=STAFF)
@answering
def consent(customer: str) -> Response:
    """Record that a customer gives a consent, or withdraws it."""
    from chalicelib.domain.customers.consents import ConsentIn
    from chalicelib.usecases.customers.record_consent import record_consent

    request = personal_data.current_request
    record = find_visible(request, customer)
    body = body_of(request, ConsentIn)
    stored = record_consent(services(), record, body, caller_of(request).actor)
    logger.info("consent", extra={"customer": stored.id, "purpose": body.purpose, "state": body.state})
    return answer({"consents": consents_view(stored)})


@personal_data.route("/v1/customers/{customer}/care", methods=["PUT"], authorizer=STAFF)
@answering
def care(customer: str) -> Response:
    """Record the special care that a customer says they need."""
    from chalicelib.domain.customers.segments import CareIn
    from chalicelib.usecases.customers.record_care_needs import record_care_needs

    request = personal_data.current_request
    record = find_visible(request, customer)
    body = body_of(request, CareIn)
    stored = record_care_needs(services(), record, body.needs, caller_of(request).actor)
    logger.info("care", extra={"customer": stored.id})
    return answer({"care": list(stored.care)})


@personal_data.route("/v1/customers/{customer}/hold", methods=["PUT"], authorizer=STAFF)
@answering
def hold(customer: str) -> Response:
    """Place a legal hold on a customer's data."""
    from chalicelib.domain.privacy.retention import HoldIn
    from chalicelib.usecases.customers.read_customer import find_customer
    from chalicelib.usecases.privacy import on_request

    request = personal_data.current_request
    caller = need_admin(request)
    body = body_of(request, HoldIn)
    stored = on_request.hold(services(), find_customer(services(), customer), body.reason, caller.actor)
    logger.info("customer held", extra={"customer": stored.id})
    return answer({"customer": stored.id, "held": time_view(stored.held)})


@personal_data.route("/v1/customers/{customer}/hold", methods=["DELETE"], authorizer=STAFF)
@answering
def end_hold(customer: str) -> Response:
    """End a legal hold."""
    from chalicelib.usecases.customers.read_customer import find_customer
    from chalicelib.usecases.privacy import on_request

    caller = need_admin(personal_data.current_request)
    stored = on_request.end_hold(services(), find_customer(services(), customer), caller.actor)
    logger.info("hold ended", extra={"customer": stored.id})
    return answer({"customer": stored.id, "held": time_view(stored.held)})


@personal_data.route("/v1/customers/{customer}/export", methods=["POST"], authorizer=STAFF)
@answering
def export(customer: str) -> Response:
    """Have all data about a customer exported: a link to the file goes to their own email address. `notes=true` adds
    staff's internal notes, if a supervisor has checked that they may be given out."""
    request = personal_data.current_request
    known_parameters(request, "notes")
    caller = caller_of(request)
    record = find_visible(request, customer)
    notes = _wants_notes(request, caller)
    from chalicelib.usecases.privacy import on_request

    requested = on_request.export(services(), record, caller.actor, notes)
    logger.info("export asked", extra={"customer": requested.customer, "export": requested.id})
    return answer({"export": requested.id, "until": format_instant(requested.until)}, 202)


def _wants_notes(request: Request, caller: Caller) -> bool:
    """Whether the export includes internal notes; NotAllowed when the caller may not give them out."""
    notes = parameter(request, "notes")
    if notes not in (None, "true", "false"):
        raise invalid("notes", "is true or false")
    if notes == "true" and not caller.is_second_person:
        raise NotAllowed("Giving staff's notes out needs the group 'supervisor' or 'admin'.")
    return notes == "true"


@personal_data.route("/v1/customers/{customer}", methods=["DELETE"], authorizer=STAFF)
@answering
def erase(customer: str) -> Response:
    """Erase a customer's personal data by destroying their key. The answer is the receipt."""
    from chalicelib.usecases.customers.read_customer import find_customer

    caller = need_admin(personal_data.current_request)
    from chalicelib.usecases.privacy import on_request

    outcome = on_request.erase(services(), find_customer(services(), customer), caller.actor)
    logger.info("customer erased", extra={"customer": outcome.customer, "cases": outcome.cases, "files": outcome.files})
    return answer(msgspec.to_builtins(outcome) | {"at": format_instant(outcome.at)})
