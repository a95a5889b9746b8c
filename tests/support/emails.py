"""Emails that arrive in memory: receive one, and look at what followed."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.email.authorship import shop_addresses
from chalicelib.domain.email.inbound_email import Bounce, EmailReceived, FullText, InboundEmail, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.routing import AgentIn
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.author import mail_ref_of
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.notify import notify
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports import ParsedEmail, Receipt
from chalicelib.usecases.routing.manage_agents import put_agent
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.case_work import case_in
from tests.support.email_samples.writing import FANG, NUMBER, OURS, TOKEN, plain
from tests.support.webhooks import KEY, request

MEI_ADDRESS, WU_ADDRESS, FORM_ADDRESS = "mei@example.com", "wu@warehouse.example", "form@lantern-forms.example"
SHOP_ADDRESS, SHOP_INBOUND = SHOP.mail_from, "demo@in.example.com"
ANSWER = {"In_Reply_To": f"<{OURS}>"}


def opened_key(receipt: Receipt | None) -> str:
    """The key of the case a receipt is for."""
    assert receipt is not None
    assert receipt.case is not None, receipt.reason
    return key_of_id(receipt.case)


def texts_of(services: FakeServices, key: str = KEY) -> list[str]:
    """Every text that stands on a case."""
    facts = [one.fact for one in services.cases.events(key)]
    return [one.message for one in facts if isinstance(one, CaseOpened | MessageReceived | NoteAdded | ReplySent)]


def last_event(services: FakeServices, key: str = KEY) -> Any:
    return services.cases.events(key)[-1]


def last_email_ref(services: FakeServices, key: str = KEY) -> MailRef:
    refs = [mail_ref_of(one) for one in services.cases.events(key)]
    return next(one for one in reversed(refs) if one is not None)


def with_mei(services: FakeServices) -> FakeServices:
    put_agent(services, "demo", "mei", AgentIn(name="Mei", email=MEI_ADDRESS))
    return services


def deliver_copies(services: FakeServices, raw: bytes, *recipients: str, envelope: str | None = FANG) -> list[Receipt]:
    """One notice of one mail for several recipients; the receipts as they stand then."""
    token = reply_address(services, KEY) or ""
    services.uploads.files["incoming/1"] = raw
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=tuple(one.replace("@@TOKEN@@", token) for one in recipients),
        envelope=envelope,
        verdicts=Verdicts(dmarc="pass"),
    )
    found = receive_copies(services, MimeParser(), arrived)
    for one in found:
        process_receipt(services, one.id)
    return [services.receipts.kept[key_of_id(one.id)] for one in found]


class FixedParser(Struct, frozen=True):
    """A reader that gives this letter, whatever the bytes are."""

    letter: InboundEmail

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> ParsedEmail:
        return ParsedEmail(replace(self.letter, to=recipients), FullText(self.letter.text, None))


def inbound_email(**told: Any) -> InboundEmail:
    given: dict[str, Any] = {
        "id": "x@client.example",
        "sender": FANG,
        "text": "Dark.",
        "verdicts": Verdicts(dmarc="pass"),
    }
    return InboundEmail(**given | told)


def receive_parsed(services: FakeServices, letter: InboundEmail, *recipients: str) -> Receipt:
    """A letter that was read arrives for the shop, or for others."""
    services.uploads.files["incoming/1"] = f"Message-ID: <{letter.id}>\r\n\r\n{letter.text}".encode()
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=recipients or ("demo@in.example.com",),
        envelope=None,
        verdicts=letter.verdicts,
    )
    (receipt,) = receive_copies(services, FixedParser(letter), arrived)
    process_receipt(services, receipt.id)
    return services.receipts.kept[key_of_id(receipt.id)]


OUR_ADDRESSES = shop_addresses(SHOP, "in.example.com")

FROM_A_LIST = {
    "sender": "support@shop.example",
    "sender_name": "'Amy' via Support",
    "list_id": "support.shop.example",
    "automatic": "bulk",
}
"""What a list makes of a letter when it writes itself into `From`."""


# -- addresses that take no mail


def bounce(services: FakeServices, *failed: Bounce, **told: Any) -> str | None:
    """What is marked undeliverable of Fang after a bounce."""
    given: dict[str, Any] = {"automatic": "bounce", "sender": "mailer-daemon@mx.example", "about": (OURS,)}
    receive_parsed(services, inbound_email(id=f"b{services.time}", bounced=failed, **given | told))
    return services.customers.kept[key_of_id(case_in(services).customer)].undeliverable


FAILED_FOR_GOOD = Bounce(FANG, "5.1.1", "failed")

PARSER = MimeParser()


def services_with_case() -> FakeServices:
    """Fang has a case from the shop's frontend, and was mailed about it."""
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang", "email": FANG, "language": "en"}))
    services.threads.remember(OURS, KEY, NOON, ours=True)
    return services


def receive(
    services: FakeServices, raw: bytes, to: str | None = None, envelope: str | None = FANG, dmarc: Any = "pass"
) -> Receipt | None:
    """A mail arrives for whom it names, or for another, and is taken in; its receipt as it stands then."""
    address, number = reply_address(services, KEY), case_in(services).number if KEY in services.cases.headers else ""
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
    """Whom a mail is written to."""
    named = next((line for line in raw.split(b"\r\n") if line.startswith(b"To: ")), b"")
    return named.removeprefix(b"To: ").decode().rpartition("<")[2].strip("<> ") or "lost@in.example.com"


def email_of(receipt: Receipt) -> EmailReceived:
    return msgspec.json.decode(receipt.body, type=EmailReceived)


def outcome_of(services: FakeServices, receipt: Receipt | None) -> str:
    if receipt is None:
        return "nobody"
    if receipt.state == "ignored":
        return "ignored"
    assert receipt.state == "processed", receipt.reason
    assert receipt.case is not None
    told = [one.fact for one in services.cases.events(key_of_id(receipt.case))]
    last = next(one for one in told if getattr(getattr(one, "mail", None), "letter", None) == key_of_id(receipt.id))
    kinds = {CaseOpened: "opens", MessageReceived: "joins", NoteAdded: "notes"}
    assert (key_of_id(receipt.case) == KEY) == (not isinstance(last, CaseOpened))
    return kinds[type(last)]


def notify_about(services: FakeServices, case: Case, place: int = -1) -> list[str]:
    """What becomes of the mail of an event of a case."""
    return notify(services, key_of_id(case.id), services.cases.events(key_of_id(case.id))[place].order)


def case_by_email(services: FakeServices, **more: Any) -> Case:
    receipt = receive(services, plain("first", "灯不亮", Subject="=?utf-8?B?5Y+w54Gv?=", **more))
    assert receipt is not None
    found = find_case(services, str(receipt.case)).case
    assert found is not None
    return found


def parse(raw: bytes, envelope: str | None = FANG) -> ParsedEmail:
    return PARSER.read(raw, envelope, (), Verdicts(dmarc="pass"))


def parsed_email(raw: bytes, envelope: str | None = FANG) -> InboundEmail:
    return parse(raw, envelope).email
