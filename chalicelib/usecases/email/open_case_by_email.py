"""Open a case by a letter that belongs to none yet."""

from msgspec import Struct

from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.customers.segments import raised
from chalicelib.domain.email.authorship import claimed, conversation, copied_on, customer_of
from chalicelib.domain.email.inbound_email import language_of
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import Request, case_key, open_case, segment_of
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.email.author import agent_of, is_same
from chalicelib.usecases.email.authored_email import AuthoredEmail, actor_of, ref_of
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services

UNKNOWN, IMPORTANT = "customer_unknown", "important"
"""The tags of a case that staff sent in by mail, whose it is to be said of; and of one its sender calls important."""


class Opening(Struct, frozen=True, kw_only=True):
    """What a letter that opens a case says as its customer's words. Of what staff send in these are the words that it
    forwards; `aside` is what they wrote above them, or all of it, which is theirs. `suggested`: whom it seems to be
    about. `unknown`: its customer is to be told."""

    subject: str
    message: str
    aside: str = ""
    suggested: str = ""
    unknown: bool = False


def open_case_by_email(services: Services, shop: Shop, heard: AuthoredEmail) -> StoredCase:
    """The case a letter opens, or goes on with. Another letter with the id of the one that opened it has its own."""
    name, said = conversation(heard.letter, heard.writer), _opening(services, shop, heard)
    for own in (name, f"mail/{key_of('thread', name, heard.key)}"):
        request = _request(services, shop, heard, said, own)
        stored = open_case(services, shop, request, seen=services.cases.load(case_key(shop.id, own)))
        first = services.cases.opening([stored.key])[stored.key].mail
        if first is None or is_same(first, heard.key, heard.letter):
            return _with_aside(services, shop, stored, heard, said.aside)
        if first.message_id != heard.letter.id:
            break
    return stored


def _with_aside(services: Services, shop: Shop, stored: StoredCase, heard: AuthoredEmail, aside: str) -> StoredCase:
    """The case with what staff wrote for their colleagues noted below its opening."""
    if not aside or stored.case is None:
        return stored
    because = next(one for one in services.cases.events(stored.key) if isinstance(one.fact, CaseOpened))
    return write_note(
        services, shop, stored.case, because, aside, actor_of(services, shop, heard, stored.case.customer)
    )


def _opening(services: Services, shop: Shop, heard: AuthoredEmail) -> Opening:
    letter = heard.letter
    if heard.whose == "customer":
        return Opening(subject=letter.subject, message=letter.text)
    from chalicelib.domain.email.quoting.forwarded import forwarded  # what few mails need is loaded when one comes

    found = next((one for one in forwarded(letter.text) if not _is_inside(services, shop, heard, one.author)), None)
    above = found.above if found is not None else letter.text
    told = (found.author if found is not None else "", *copied_on(letter, heard.writer, heard.ours))
    return Opening(
        subject=one_line(found.subject) or "" if found is not None else "",
        message=found.words if found is not None else "",
        aside="\n\n".join(one for one in (letter.subject, above) if one),
        suggested=next((one for one in told if is_email(one) and not _is_inside(services, shop, heard, one)), ""),
        unknown=True,
    )


def _is_inside(services: Services, shop: Shop, heard: AuthoredEmail, address: str) -> bool:
    """Whether an address is the shop's or one of its agents', and so no customer's."""
    inside = heard.ours.has(address) or mail_of(address) == mail_of(heard.writer.address)
    return bool(address) and (inside or agent_of(services, shop, address) is not None)


def _request(services: Services, shop: Shop, heard: AuthoredEmail, said: Opening, name: str) -> Request:
    letter, at = heard.letter, heard.receipt.received_at
    told = claimed(said.suggested or heard.key) if said.unknown else customer_of(heard.writer)
    customer = upsert_customer(services, shop, told, at)
    language = customer.language or language_of(f"{letter.subject}\n{letter.text}", shop.locale)
    return Request(
        external_id=name,
        kind="question",
        channel="email",
        subject=said.subject,
        message=said.message,
        customer=customer.id,
        language=language,
        at=at,
        by=actor_of(services, shop, heard, customer.id),
        mail=ref_of(heard, said.suggested),
        receipt=heard.receipt.id,
        priority=raised("normal", customer.care),
        segment=segment_of(customer),
        to_be_called=bool(customer.care),
        tags=_tags(heard, said),
    )


def _tags(heard: AuthoredEmail, said: Opening) -> tuple[str, ...]:
    """What staff are to see of it. That its sender calls it important moves it nowhere: others wait, too."""
    important = heard.letter.importance == "high" and heard.writer.automatic is None
    return (*((UNKNOWN,) if said.unknown else ()), *((IMPORTANT,) if important else ()))
