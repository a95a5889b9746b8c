"""Mails come in, by a corpus of what clients, machines and forgers send; and what follows from each."""

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, NoteAdded
from chalicelib.domain.email.inbound_email import PER_SENDER, EmailReceived, Verdicts
from chalicelib.domain.email.quoting import fresh_part
from chalicelib.domain.flows.facts import EvidenceAdded
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.aftersales.store_evidence import store_evidence
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.notify import notify
from chalicelib.usecases.notifications.signed_links import read_reply_address, reply_address
from chalicelib.usecases.ports import MailDelayed, MailRejected, Receipt
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.fakes import NOON, SHOP, FakeServices
from tests.mails.corpus import CORPUS
from tests.mails.writing import AMY, FANG, NUMBER, OURS, PNG, TOKEN, Sample, a_file, body, mail, plain, several
from tests.unit.desk_work import MEI, case_in, command
from tests.unit.test_hooks import KEY, request

READER = MimeParser()


def a_desk() -> FakeServices:
    """Fang has a case from the shop's frontend, and was mailed about it."""
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang", "email": FANG, "language": "en"}))
    services.threads.remember(OURS, KEY, NOON, ours=True)
    return services


def arrives(
    services: FakeServices, raw: bytes, to: str | None = None, envelope: str | None = FANG, dmarc: Any = "pass"
) -> Receipt | None:
    """A mail arrives for whom it names, or for another, and is taken in; its receipt as it stands then."""
    address, number = reply_address(services, KEY), case_in(services).number if KEY in services.cases.headers else ""
    raw = raw.replace(TOKEN, (address or "").encode()).replace(NUMBER, number.encode())
    services.uploads.files["incoming/1"] = raw
    verdicts = Verdicts(spf="pass", dkim="pass", dmarc=dmarc)
    recipients = (to or recipient(raw),)
    arrived = ReceivedEmail(file="incoming/1", id="ses-1", recipients=recipients, envelope=envelope, verdicts=verdicts)
    receipt = receive_email(services, READER, arrived)
    if receipt is None:
        return None
    process_receipt(services, receipt.id)
    return services.receipts.load(receipt.id)


def recipient(raw: bytes) -> str:
    """Whom a mail is written to."""
    named = next((line for line in raw.split(b"\r\n") if line.startswith(b"To: ")), b"")
    return named.removeprefix(b"To: ").decode().rpartition("<")[2].strip("<> ") or "lost@in.example.com"


def letter_of(receipt: Receipt) -> EmailReceived:
    return msgspec.json.decode(receipt.body, type=EmailReceived)


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_a_mail_says_what_its_sender_wrote_and_goes_where_it_belongs(sample: Sample) -> None:
    services = a_desk()
    read = READER.read(sample.raw, sample.envelope, (), Verdicts())
    assert read.email.text == sample.text
    assert [one.name for one in read.email.attachments] == list(sample.files)
    assert read.email.automatic == sample.automatic
    assert sample.subject in (None, read.email.subject)
    receipt = arrives(services, sample.raw, None, sample.envelope, sample.dmarc)
    assert followed(services, receipt) == sample.then
    if sample.language is not None and receipt is not None and receipt.case is not None:
        assert find_case(services, receipt.case).case.language == sample.language  # type: ignore[union-attr]


def followed(services: FakeServices, receipt: Receipt | None) -> str:
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


def test_the_corpus_has_sixty_mails_and_no_two_of_one_name() -> None:
    assert len({sample.name for sample in CORPUS}) == len(CORPUS) >= 60


def test_a_mail_that_arrives_twice_is_taken_in_once() -> None:
    services = a_desk()
    first = arrives(services, plain("twice", "Dark."))
    again = arrives(services, plain("twice", "Dark."))
    assert first is not None
    assert again is not None
    assert first.id == again.id
    assert [one.type for one in services.cases.events(key_of_id(str(first.case)))] == ["case_opened"]
    assert not [name for name in services.uploads.files if name.startswith(("incoming/", "letters/"))]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_letters_of_one_conversation_are_one_case_in_whatever_order_they_arrive(order: tuple[int, int]) -> None:
    services = FakeServices()
    raw = (
        plain("a", "The lamp is dark."),
        plain("b", "And it smokes.", In_Reply_To="<a@client.example>", References="<a@client.example>"),
    )
    cases = {receipt.case for place in order if (receipt := arrives(services, raw[place])) is not None}
    assert len(cases) == 1
    said = [getattr(one.fact, "message", "") for one in services.cases.events(key_of_id(str(cases.pop())))]
    assert sorted(said) == ["And it smokes.", "The lamp is dark."]


def test_letters_of_two_people_are_two_cases_though_one_answers_the_other() -> None:
    services = FakeServices()
    one = arrives(services, plain("a", "The lamp is dark."))
    other = arrives(services, plain("b", "Mine too.", From=AMY, References="<a@client.example>"), envelope=AMY)
    assert one is not None
    assert other is not None
    assert one.case != other.case


def test_a_letter_reopens_a_resolved_case_and_a_machines_answer_does_not() -> None:
    from chalicelib.domain.cases.commands import StatusChange
    from chalicelib.usecases.cases.handle_command import set_status

    services = a_desk()
    set_status(services, command(services), StatusChange("resolved"))
    services.time += 1000
    answer = {"In_Reply_To": f"<{OURS}>"}
    arrives(services, plain("away", "I am away.", Auto_Submitted="auto-replied", **answer))
    assert case_in(services).status == "resolved"
    arrives(services, plain("no", "Not at all!", **answer))
    assert (case_in(services).status, case_in(services).email.by_mail) == ("open", True)


def test_files_go_to_their_case_and_leave_with_the_person() -> None:
    services = a_desk()
    raw = mail("files", several("mixed", body("See."), a_file("lamp.png", PNG, "image/png")), To=TOKEN.decode())
    receipt = arrives(services, raw)
    assert receipt is not None
    case, letter = case_in(services).id, key_of_id(receipt.id)
    assert sorted(services.uploads.files) == [
        f"mails/demo/{case}/{letter}.eml",
        f"mails/demo/{case}/{letter}.json",
        f"uploads/demo/{case}/mail-{letter}-00",
    ]
    whole = read_email(services, find_case(services, case), letter)
    assert (whole.sender, whole.certain, whole.text.strip()) == (FANG, True, "See.")
    customer = services.customers.kept[key_of_id(case_in(services).customer)]
    assert erase_customer(services, customer, MEI).files == 3
    assert services.uploads.files == {}


def test_a_document_is_kept_when_it_came_by_mail() -> None:
    services = a_desk()
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
    arrives(
        services,
        mail("pdf", several("mixed", body("See."), a_file("invoice.pdf", pdf, "application/pdf")), To=TOKEN.decode()),
    )
    (upload,) = (name for name in services.uploads.files if name.startswith("uploads/"))
    fact = store_evidence(services, PillowSanitizer(), upload)
    assert isinstance(fact, EvidenceAdded)
    assert (fact.kind, services.uploads.files[fact.file]) == ("application/pdf", pdf)


def test_of_a_mail_that_does_harm_the_words_are_kept_and_no_file() -> None:
    services = a_desk()
    services.uploads.files["incoming/1"] = mail("v", several("mixed", body("See."), a_file("a.png", PNG, "image/png")))
    verdicts = Verdicts(dmarc="pass", virus="fail")
    arrived = ReceivedEmail(
        file="incoming/1", id="1", recipients=("demo@in.example.com",), envelope=FANG, verdicts=verdicts
    )
    receipt = receive_email(services, READER, arrived)
    assert receipt is not None
    process_receipt(services, receipt.id)
    assert not [name for name in services.uploads.files if name.startswith("uploads/")]
    assert [data for name, data in services.uploads.files.items() if name.endswith(".eml")] == [b""]


def test_what_the_server_takes_for_spam_is_not_answered() -> None:
    letter = READER.read(plain("spam", "Buy!"), FANG, (), Verdicts(dmarc="pass", spam="fail")).email
    assert letter.automatic == "bulk"


NAMED = f"=?utf-8?q?{FANG.replace('@', '=40')}=2C?= <attacker@evil.example>"
"""An attacker's name that reads like another's address once it is decoded."""


@pytest.mark.parametrize("sender", [NAMED, f"{FANG}, attacker@evil.example"], ids=["in a name", "beside it"])
def test_nobody_is_another_for_certain_by_what_stands_in_from(sender: str) -> None:
    services = a_desk()
    letter = READER.read(plain("x", "Hi", From=sender), None, (), Verdicts(dmarc="pass")).email
    assert not (letter.certain and letter.sender == FANG)
    raw = plain("forged", "Pay to account 666.", From=sender, Subject=f"[{NUMBER.decode()}]")
    receipt = arrives(services, raw, envelope="attacker@evil.example")
    assert followed(services, receipt) == "opens"


def test_two_from_headers_are_nobody_for_certain() -> None:
    raw = b"From: attacker@evil.example\r\n" + plain("x", "Hi")
    assert not READER.read(raw, None, (), Verdicts(dmarc="pass")).email.certain


def test_a_forged_bounce_writes_into_nobodys_case_and_silences_nobody() -> None:
    services = a_desk()
    for number in range(PER_SENDER + 2):
        raw = plain(f"b{number}", "Approved: pay!", From="mailer-daemon@evil.example", Subject=f"[{NUMBER.decode()}]")
        assert followed(services, arrives(services, raw, envelope="", dmarc="fail")) == "ignored"
    joined = arrives(services, plain("real", "Hello", To=TOKEN.decode()))
    assert followed(services, joined) == "joins"
    assert "Approved" not in str(services.cases.events(KEY))


def test_a_letter_that_came_long_after_closing_is_read_at_the_case_it_opened() -> None:
    from chalicelib.domain.cases.commands import StatusChange
    from chalicelib.usecases.cases.handle_command import set_status

    services = a_desk()
    set_status(services, command(services), StatusChange("resolved"))
    set_status(services, command(services), StatusChange("closed"))
    services.time += 9 * DAY_MS
    receipt = arrives(services, plain("late", "It broke again.", To=TOKEN.decode()))
    assert receipt is not None
    linked = find_case(services, str(receipt.case))
    assert linked.case is not None
    assert linked.case.links == (case_in(services).id,)
    assert read_email(services, linked, key_of_id(receipt.id)).text.strip() == "It broke again."


def test_references_of_a_long_thread_fit_into_a_header_and_odd_ids_are_none() -> None:
    services = FakeServices()
    first = arrives(services, plain("first", "Dark."))
    assert first is not None
    for number in range(20):
        services.time += 1000
        name = f"{number:060d}-outlook-thread"
        arrives(services, plain(name, "Still.", References="<first@client.example>"))
    from chalicelib.domain.cases.commands import Message
    from chalicelib.usecases.email.write_reply import write

    case = case_in(services, key_of_id(str(first.case)))
    write(services, command(services, key=key_of_id(case.id)), Message("Try."))
    told(services, case)
    headers = services.mailer.sent[-1].headers
    assert all(len(value) < 995 for value in headers.values())
    assert headers["References"].endswith(headers["In-Reply-To"])
    letter = READER.read(plain("x", "?", Message_ID="<\u4f60@x>", In_Reply_To="x" * 5_000), FANG, (), Verdicts()).email
    assert (letter.id, letter.in_reply_to) == ("", ())


def test_of_what_belongs_to_nobody_no_file_stays() -> None:
    services = a_desk()
    receipt = arrives(services, plain("away", "I am away.", Auto_Submitted="auto-replied"))
    assert followed(services, receipt) == "ignored"
    assert services.uploads.files == {}


def test_letters_without_ids_are_conversations_of_their_own() -> None:
    services = FakeServices()
    found = []
    for number in range(2):
        services.uploads.files["incoming/1"] = plain("x", f"Matter {number}", Message_ID=None)
        arrived = ReceivedEmail(
            file="incoming/1",
            id=f"ses-{number}",
            recipients=("demo@in.example.com",),
            envelope=FANG,
            verdicts=Verdicts(dmarc="pass"),
        )
        receipt = receive_email(services, READER, arrived)
        assert receipt is not None
        found.append(process_receipt(services, receipt.id).case)
    assert len(set(found)) == 2


HEAVY = {
    "br": "<br>" * 20_000,
    "div": "<div>" * 20_000,
    "deep": "<p>x" * 4_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_no_html_holds_the_function(name: str) -> None:
    began = time.process_time()
    READER.read(mail("h", body("<p>Dark.</p>" * 200, "text/html")), FANG, (), Verdicts())
    unit = max(time.process_time() - began, 1e-3)
    began = time.process_time()
    READER.read(mail("h", body(HEAVY[name], "text/html")), FANG, (), Verdicts())
    assert (time.process_time() - began) / unit < 2_000  # it was minutes


def test_pictures_from_elsewhere_are_not_shown() -> None:
    raw = mail("x", body('<p>Dark<img src="https://evil.example/t.gif"></p>', "text/html"))
    assert "evil" not in (READER.read(raw, FANG, (), Verdicts()).whole.html or "")


def test_html_is_shown_without_what_could_do_anything() -> None:
    raw = mail("x", body('<p onclick="a()">Dark<script>b()</script><a href="javascript:c()">d</a></p>', "text/html"))
    html = READER.read(raw, FANG, (), Verdicts()).whole.html or ""
    assert "Dark" in html
    assert not [bad for bad in ("script", "onclick", "a()", "b()", "c()") if bad in html]


def test_outlooks_own_package_is_unpacked() -> None:
    """A TNEF stream (MS-OXTNEF): an attachment's rendering data, title and data, each with its checksum."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        head = level.to_bytes(1, "little") + kind.to_bytes(4, "little") + len(data).to_bytes(4, "little")
        return head + data + (sum(data) & 0xFFFF).to_bytes(2, "little")

    stream = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00"
    stream += attribute(1, 0x00089006, b"\x00\x00\x01\x00") + attribute(2, 0x00069002, bytes(14))
    stream += attribute(2, 0x00018010, b"lamp.png\x00") + attribute(2, 0x0006800F, PNG)
    raw = mail("x", several("mixed", body("See."), a_file("winmail.dat", stream, "application/ms-tnef")))
    read = READER.read(raw, FANG, (), Verdicts())
    assert [(one.name, one.size) for one in read.email.attachments] == [("lamp.png", len(PNG))]
    assert read.files == (PNG,)


def told(services: FakeServices, case: Case, place: int = -1) -> list[str]:
    """What becomes of the mail of an event of a case."""
    return notify(services, key_of_id(case.id), services.cases.events(key_of_id(case.id))[place].order)


def opened_by_mail(services: FakeServices, **more: Any) -> Case:
    receipt = arrives(services, plain("first", "灯不亮", Subject="=?utf-8?B?5Y+w54Gv?=", **more))
    assert receipt is not None
    found = find_case(services, str(receipt.case)).case
    assert found is not None
    return found


def test_an_agents_reply_goes_out_in_the_thread_once_and_its_answer_comes_back_to_the_case() -> None:
    from chalicelib.domain.cases.commands import Message
    from chalicelib.usecases.email.write_reply import write

    services = FakeServices()
    case = opened_by_mail(services)
    write(services, command(services, key=key_of_id(case.id)), Message("请换个插座试试。"))
    assert told(services, case) == ["sent"]
    assert told(services, case) == ["claimed before"]
    (sent,) = services.mailer.sent
    assert (sent.to, sent.headers["In-Reply-To"], sent.headers["Auto-Submitted"]) == (
        FANG,
        "<first@client.example>",
        "no",
    )
    assert sent.reply_to is not None
    assert read_reply_address(services, sent.reply_to.upper()) == key_of_id(case.id)
    services.time += 1000
    receipt = arrives(services, plain("second", "亮了！", To=sent.reply_to, In_Reply_To="<mail-1>"), sent.reply_to)
    assert receipt is not None
    assert receipt.case == case.id


def test_whoever_wrote_is_told_that_we_got_it_but_no_machine_and_nobody_who_is_not_certain() -> None:
    services = FakeServices()
    assert told(services, opened_by_mail(services), 0) == ["sent"]
    assert services.mailer.sent[0].headers["Auto-Submitted"] == "auto-replied"
    for more in ({"Precedence": "bulk"}, {}):
        other = FakeServices()
        receipt = arrives(other, plain("x", "Buy!", **more), dmarc="pass" if more else "fail")
        assert receipt is not None
        case = case_in(other, key_of_id(str(receipt.case)))
        opening = other.cases.events(key_of_id(case.id))[0]
        assert other.customers.kept[key_of_id(case.customer)].email is None
        assert notify(other, key_of_id(case.id), opening.order) == ["no address"]


def test_nobody_is_told_more_than_a_few_times_an_hour_and_a_flood_is_not_taken_in() -> None:
    services = FakeServices()
    outcomes, states = [], []
    for number in range(PER_SENDER + 3):
        receipt = arrives(services, plain(f"n{number}", "Dark."))
        assert receipt is not None
        states.append(receipt.state)
        if receipt.case is not None:
            outcomes += told(services, case_in(services, key_of_id(receipt.case)), 0)
    assert outcomes.count("sent") == 5
    assert states.count("ignored") == 3


def test_a_reply_that_could_not_be_mailed_is_noted_and_one_that_may_leave_later_is_tried_later() -> None:
    from chalicelib.domain.cases.commands import Message
    from chalicelib.usecases.email.write_reply import write

    services = FakeServices()
    case = opened_by_mail(services)
    write(services, command(services, key=key_of_id(case.id)), Message("Try."))
    services.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        told(services, case)
    services.mailer.trouble = MailRejected("no such user")
    assert told(services, case) == ["rejected"]
    assert isinstance(services.cases.events(key_of_id(case.id))[-1].fact, NoteAdded)


def test_what_an_outside_desk_replied_is_not_mailed_again() -> None:
    services = a_desk()
    arrives(services, plain("join", "Dark.", To=TOKEN.decode()))
    services.time += 1000
    services.hook("case.replied", {"case_external_id": "web-1", "agent": "zen", "message": "Done."})
    assert told(services, case_in(services)) == ["nothing to tell"]


def test_no_mail_is_taken_in_where_no_domain_is_named_for_it() -> None:
    services = a_desk()
    services.inbound_domain = ""
    assert reply_address(services, KEY) is None
    assert arrives(services, plain("x", "Dark.")) is None
    assert services.uploads.files.keys() == {"incoming/1"}


def test_a_reply_address_is_short_and_nobody_can_make_one() -> None:
    services = FakeServices()
    address = reply_address(services, KEY) or ""
    assert len(address.partition("@")[0]) <= 64
    for place in range(2, 34):
        changed = address[:place] + ("a" if address[place] != "a" else "b") + address[place + 1 :]
        assert read_reply_address(services, changed) is None
    assert read_reply_address(services, address.replace("in.example.com", "evil.example")) is None


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_mail_that_can_be_read(raw: bytes) -> None:
    read = READER.read(
        b"From: a@example.net\r\nContent-Type: text/html\r\n\r\n" + raw, "", (SHOP.mail_from,), Verdicts()
    )
    assert "\x00" not in read.email.text
    READER.read(raw, None, (), Verdicts())


@given(st.text(alphabet="On wrote:写道>\n -_发件人F", max_size=600))
@settings(max_examples=300, deadline=None)
def test_what_is_new_in_a_text_is_of_the_text(text: str) -> None:
    fresh = fresh_part(text)
    told = {line.strip() for line in text.replace("\r", "\n").split("\n")}
    assert all(line.strip() in told for line in fresh.split("\n") if line.strip())


SLOW = ("From: x\n" * 8_000, "> " * 30_000, "- " * 30_000, "写道 " * 20_000)


@pytest.mark.parametrize("line", SLOW, ids=lambda line: line[:4])
def test_no_text_makes_cutting_slow(line: str) -> None:
    began = time.process_time()
    fresh_part("x " * 100)
    unit = max(time.process_time() - began, 1e-4)
    began = time.process_time()
    fresh_part(line)
    assert (time.process_time() - began) / unit < 50_000  # what a library did took minutes: 200 s against 0.1 ms
