"""Emails that arrive in memory: receive one, and read what followed."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.email.authorship import shop_addresses
from chalicelib.domain.email.inbound_email import Bounce, FullText, InboundEmail, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.author import mail_ref_of
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports.email import ParsedEmail
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.routing.manage_agents import put_agent
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY, request
from tests.support.emails.samples.writing import FANG, NUMBER, OURS, TOKEN, plain

MEI_ADDRESS, WU_ADDRESS, FORM_ADDRESS = "mei@example.com", "wu@warehouse.example", "form@lantern-forms.example"
SHOP_ADDRESS, SHOP_INBOUND = SHOP.mail_from, "demo@in.example.com"
ANSWER = {"In_Reply_To": f"<{OURS}>"}


def opened_key(receipt: Receipt | None) -> str:
    """The key of the case a receipt is for."""
    assert receipt is not None
    assert receipt.case is not None, receipt.reason
    return key_of_id(receipt.case)


def texts_of(services: FakeServices, key: str = KEY) -> list[str]:
    """All texts of a case: messages, replies and notes."""
    facts = [event.fact for event in services.cases.events(key)]
    with_text = CaseOpened | MessageReceived | NoteAdded | ReplySent
    return [fact.message for fact in facts if isinstance(fact, with_text)]


def last_event(services: FakeServices, key: str = KEY) -> Any:
    """The newest event of a case."""
    return services.cases.events(key)[-1]


def last_email_ref(services: FakeServices, key: str = KEY) -> MailRef:
    """The newest email of a case."""
    refs = [mail_ref_of(event) for event in services.cases.events(key)]
    return next(ref for ref in reversed(refs) if ref is not None)


def with_mei(services: FakeServices) -> FakeServices:
    """Add the agent Mei, who has an email address."""
    put_agent(services, "demo", "mei", AgentIn(name="Mei", email=MEI_ADDRESS))
    return services


def deliver_copies(services: FakeServices, raw: bytes, *recipients: str, envelope: str | None = FANG) -> list[Receipt]:
    """One email arrives for several recipients; the receipts afterwards."""
    token = reply_address(services, KEY) or ""
    services.uploads.files["incoming/1"] = raw
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=tuple(address.replace("@@TOKEN@@", token) for address in recipients),
        envelope=envelope,
        verdicts=Verdicts(dmarc="pass"),
    )
    receipts = receive_copies(services, MimeParser(), arrived)
    for receipt in receipts:
        process_receipt(services, receipt.id)
    return [services.receipts.stored[key_of_id(receipt.id)] for receipt in receipts]


class FixedParser(Struct, frozen=True):
    """A parser that gives this email, whatever the bytes are."""

    email: InboundEmail

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> ParsedEmail:
        return ParsedEmail(replace(self.email, to=recipients), FullText(self.email.text, None))


def inbound_email(**changes: Any) -> InboundEmail:
    """An email of Fang's, as a parser gives it."""
    given: dict[str, Any] = {
        "id": "x@client.example",
        "sender": FANG,
        "text": "Dark.",
        "verdicts": Verdicts(dmarc="pass"),
    }
    return InboundEmail(**given | changes)


def receive_parsed(services: FakeServices, email: InboundEmail, *recipients: str) -> Receipt:
    """A parsed email arrives for the shop, or for other recipients; its receipt afterwards."""
    services.uploads.files["incoming/1"] = f"Message-ID: <{email.id}>\r\n\r\n{email.text}".encode()
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=recipients or ("demo@in.example.com",),
        envelope=None,
        verdicts=email.verdicts,
    )
    (receipt,) = receive_copies(services, FixedParser(email), arrived)
    process_receipt(services, receipt.id)
    return services.receipts.stored[key_of_id(receipt.id)]


OUR_ADDRESSES = shop_addresses(SHOP, "in.example.com")

FROM_A_LIST = {
    "sender": "support@shop.example",
    "sender_name": "'Amy' via Support",
    "list_id": "support.shop.example",
    "automatic": "bulk",
}
"""What a mailing list makes of an email when it writes itself into `From`."""


def bounce(services: FakeServices, *failed: Bounce, **changes: Any) -> str | None:
    """A bounce arrives; the address of Fang that is marked undeliverable afterwards."""
    given: dict[str, Any] = {"automatic": "bounce", "sender": "mailer-daemon@mx.example", "about": (OURS,)}
    receive_parsed(services, inbound_email(id=f"b{services.time}", bounced=failed, **given | changes))
    return services.customers.stored[key_of_id(case_in(services).customer)].undeliverable


FAILED_FOR_GOOD = Bounce(FANG, "5.1.1", "failed")

PARSER = MimeParser()


def services_with_case() -> FakeServices:
    """Fang has a case from the shop's frontend, and an email about it went out."""
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang", "email": FANG, "language": "en"}))
    services.threads.remember(OURS, KEY, NOON, ours=True)
    return services


def receive(
    services: FakeServices, raw: bytes, to: str | None = None, envelope: str | None = FANG, dmarc: Any = "pass"
) -> Receipt | None:
    """An email arrives for the recipient it names, or for another; its receipt afterwards."""
    address, number = reply_address(services, KEY), case_in(services).number if KEY in services.cases.stored else ""
    raw = raw.replace(TOKEN, (address or "").encode()).replace(NUMBER, number.encode())
    services.uploads.files["incoming/1"] = raw
    verdicts = Verdicts(spf="pass", dkim="pass", dmarc=dmarc)
    recipients = (to or recipient(raw),)
    arrived = ReceivedEmail(file="incoming/1", id="ses-1", recipients=recipients, envelope=envelope, verdicts=verdicts)
    receipt = receive_email(services, PARSER, arrived)
    if receipt is None:
        return None
    process_receipt(services, receipt.id)
    return services.receipts.load(receipt.id)


def recipient(raw: bytes) -> str:
    """The recipient that an email names."""
    named = next((line for line in raw.split(b"\r\n") if line.startswith(b"To: ")), b"")
    return named.removeprefix(b"To: ").decode().rpartition("<")[2].strip("<> ") or "lost@in.example.com"


def outcome_of(services: FakeServices, receipt: Receipt | None) -> str:
    """What followed from an email, in the words of `Sample.then`."""
    if receipt is None:
        return "nobody"
    if receipt.state == "ignored":
        return "ignored"
    assert receipt.state == "processed", receipt.reason
    assert receipt.case is not None
    facts = [event.fact for event in services.cases.events(key_of_id(receipt.case))]
    key = key_of_id(receipt.id)
    last = next(fact for fact in facts if getattr(getattr(fact, "mail", None), "letter", None) == key)
    kinds = {CaseOpened: "opens", MessageReceived: "joins", NoteAdded: "notes"}
    assert (key_of_id(receipt.case) == KEY) == (not isinstance(last, CaseOpened))
    return kinds[type(last)]


def notify_about(services: FakeServices, case: Case, place: int = -1) -> list[str]:
    """Send the emails that an event of a case requires; the outcomes."""
    return notify(services, key_of_id(case.id), services.cases.events(key_of_id(case.id))[place].order)


def case_by_email(services: FakeServices, **more: Any) -> Case:
    """A case that an email opened."""
    receipt = receive(services, plain("first", "灯不亮", Subject="=?utf-8?B?5Y+w54Gv?=", **more))
    assert receipt is not None
    case = find_case(services, str(receipt.case)).case
    assert case is not None
    return case


def parse(raw: bytes, envelope: str | None = FANG) -> ParsedEmail:
    """An email as the parser gives it, with its whole text."""
    return PARSER.read(raw, envelope, (), Verdicts(dmarc="pass"))


def parsed_email(raw: bytes, envelope: str | None = FANG) -> InboundEmail:
    """An email as the parser gives it."""
    return parse(raw, envelope).email
