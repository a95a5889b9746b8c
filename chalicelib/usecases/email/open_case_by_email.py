"""Open a case with an email that belongs to none yet."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.events import OPENING
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.customers.segments import raised
from chalicelib.domain.email.authorship import claimed_customer, conversation_id, copied_addresses, customer_from_writer
from chalicelib.domain.email.inbound_email import detect_language
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.ids import case_key, key_of
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.triage.arrival import typed_by_words
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.cases.open_requested_case import owner_of, routing_segment
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.upsert_identified import noted_unless_kept, upsert_identified
from chalicelib.usecases.email.author import agent_with_address, is_same_email
from chalicelib.usecases.email.authored_email import AuthoredEmail, actor_of, mail_ref
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.domain.email.quoting.forwarded import Forwarded
    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasInboundDomain,
        HasModels,
        HasOrderRecords,
        HasRegistries,
        HasShops,
        HasThreads,
        HasVault,
    )

    class OpenCaseByEmailServices(
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasInboundDomain,
        HasModels,
        HasOrderRecords,
        HasRegistries,
        HasShops,
        HasThreads,
        HasVault,
        Protocol,
    ):
        """The services that `open_case_by_email` uses."""


UNKNOWN = "customer_unknown"
"""The tag of a case that staff opened by email: an agent has to say whose case it is."""
IMPORTANT = "important"
"""The tag of a case whose email its sender marked as important."""


class Opening(Struct, frozen=True, kw_only=True):
    """What an email that opens a case says."""

    subject: str
    message: str
    """The customer's own words. Of an email that staff sent, those of the email it forwards."""
    aside: str = ""
    """What staff wrote above a forwarded email, or all they wrote if they forwarded none."""
    suggested: str = ""
    """The address of the customer it seems to be about."""
    unknown: bool = False
    """An agent has to say who its customer is."""


def open_case_by_email(services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail) -> StoredCase:
    """The case that an email opens, or that its conversation opened before.

    Another email that has the same message id as the one that opened the case gets a case of its own.
    """
    opening = _opening(services, shop, authored)
    customer = _upsert_author(services, shop, authored, opening)
    with noted_unless_kept(services, customer) as owners:
        stored = _open(services, shop, authored, opening, customer)
        owners.append(owner_of(stored))
    return stored


def _open(
    services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail, opening: Opening, customer: Customer
) -> StoredCase:
    conversation = conversation_id(authored.email, authored.writer)
    for external_id in (conversation, f"mail/{key_of('thread', conversation, authored.key)}"):
        request = _case_request(services, shop, authored, opening, external_id, customer)
        stored = open_case(services, shop, request, seen=services.cases.load(case_key(shop.id, external_id)))
        first = services.cases.opening([stored.key])[stored.key].mail
        if first is None or is_same_email(first, authored.key, authored.email):
            return _with_aside(services, shop, stored, authored, opening.aside)
        if first.message_id != authored.email.id:
            break
    return stored


def _with_aside(
    services: "OpenCaseByEmailServices", shop: Shop, stored: StoredCase, authored: AuthoredEmail, aside: str
) -> StoredCase:
    """The case with a note of what staff wrote for their colleagues, below its opening."""
    if not aside or stored.case is None:
        return stored
    (opened,) = services.cases.events_at(stored.key, [OPENING])
    actor = actor_of(services, shop, authored, stored.case.customer)
    return write_note(services, shop, stored.case, opened, aside, actor)


def _opening(services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail) -> Opening:
    if authored.author == "customer":
        return Opening(subject=authored.email.subject, message=authored.email.text)
    return _opening_by_staff(services, shop, authored)


def _opening_by_staff(services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail) -> Opening:
    """The opening of an email that staff sent: the words of the customer's email that it forwards, if it does."""
    email = authored.email
    forwarded = _forwarded_by_staff(services, shop, authored)
    author = forwarded.author if forwarded is not None else ""
    above = forwarded.above if forwarded is not None else email.text
    candidates = (author, *copied_addresses(email, authored.writer, authored.shop_addresses))
    outsiders = (
        address for address in candidates if is_email(address) and not _is_insider(services, shop, authored, address)
    )
    return Opening(
        subject=one_line(forwarded.subject) or "" if forwarded is not None else "",
        message=forwarded.words if forwarded is not None else "",
        aside="\n\n".join(text for text in (email.subject, above) if text),
        suggested=next(outsiders, ""),
        unknown=True,
    )


def _forwarded_by_staff(services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail) -> "Forwarded | None":
    """The outermost forwarded email in an email from staff that no insider wrote."""
    from chalicelib.domain.email.quoting.forwarded import find_forwarded  # few emails need it, so it loads late

    for forwarded in find_forwarded(authored.email.text):
        if not _is_insider(services, shop, authored, forwarded.author):
            return forwarded
    return None


def _is_insider(services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail, address: str) -> bool:
    """Whether an address is the shop's, the writer's or an agent's, and so no customer's."""
    is_known = authored.shop_addresses.has(address) or mail_of(address) == mail_of(authored.writer.address)
    return bool(address) and (is_known or agent_with_address(services, shop, address) is not None)


def _upsert_author(
    services: "OpenCaseByEmailServices", shop: Shop, authored: AuthoredEmail, opening: Opening
) -> Customer:
    payload = (
        claimed_customer(opening.suggested or authored.key)
        if opening.unknown
        else customer_from_writer(authored.writer)
    )
    return upsert_identified(services, shop, payload, authored.receipt.received_at)


def _case_request(
    services: "OpenCaseByEmailServices",
    shop: Shop,
    authored: AuthoredEmail,
    opening: Opening,
    external_id: str,
    customer: Customer,
) -> CaseRequest:
    email = authored.email
    received_at = authored.receipt.received_at
    language = customer.language or detect_language(f"{email.subject}\n{email.text}", shop.locale)
    request = CaseRequest(
        external_id=external_id,
        kind="question",
        channel="email",
        subject=opening.subject,
        message=opening.message,
        customer=customer.id,
        language=language,
        occurred_at=received_at,
        by=actor_of(services, shop, authored, customer.id),
        mail=mail_ref(authored, opening.suggested),
        receipt=authored.receipt.id,
        priority=raised("normal", customer.care),
        segment=routing_segment(customer),
        to_be_called=bool(customer.care),
        tags=_tags(authored, opening),
    )
    if authored.writer.automatic is not None or not opening.message.strip():
        return request  # a machine wants nothing, and a message of nothing but files says nothing
    return typed_by_words(request, services.models.live(shop.id))


def _tags(authored: AuthoredEmail, opening: Opening) -> tuple[str, ...]:
    """The tags that staff see on the case. An important email is only tagged, never moved ahead of others."""
    important = authored.email.importance == "high" and authored.writer.automatic is None
    return (*((UNKNOWN,) if opening.unknown else ()), *((IMPORTANT,) if important else ()))
