"""No mail is lost, and none is given to the wrong person: repeats, shops, forms, lists, staff, strangers, bounces."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.cases.commands import Message, StatusChange
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.email.authorship import addresses_of, writer_of
from chalicelib.domain.email.duplicates import fingerprint
from chalicelib.domain.email.inbound_email import PER_SENDER, Bounce, FullText, InboundEmail, Mailbox, Verdicts
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate
from chalicelib.domain.routing.routing import AgentIn
from chalicelib.domain.sla.policies import SurveyPolicy
from chalicelib.domain.surveys.surveys import reason_to_skip
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.email.author import letter_of
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.send_email import WRITTEN, Draft, compose
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports import ParsedEmail, Receipt
from chalicelib.usecases.routing.manage_agents import put_agent
from tests.fakes import SHOP, FakeServices
from tests.mails.writing import AMY, FANG, NUMBER, OURS, PNG, TOKEN, a_file, body, mail, plain, several
from tests.unit.desk_work import MEI, case_in, command
from tests.unit.test_hooks import KEY, request
from tests.unit.test_mail_in import a_desk, arrives, told

MEIS, WU, FORM = "mei@example.com", "wu@warehouse.example", "form@lantern-forms.example"
CARE, SHOP_IN = SHOP.mail_from, "demo@in.example.com"
ANSWER = {"In_Reply_To": f"<{OURS}>"}


def opened(receipt: Receipt | None) -> str:
    """The key of the case a receipt is for."""
    assert receipt is not None
    assert receipt.case is not None, receipt.reason
    return key_of_id(receipt.case)


def said(services: FakeServices, key: str = KEY) -> list[str]:
    """Every text that stands on a case."""
    facts = [one.fact for one in services.cases.events(key)]
    return [one.message for one in facts if isinstance(one, CaseOpened | MessageReceived | NoteAdded | ReplySent)]


def last(services: FakeServices, key: str = KEY) -> Any:
    return services.cases.events(key)[-1]


def last_letter(services: FakeServices, key: str = KEY) -> MailRef:
    refs = [letter_of(one) for one in services.cases.events(key)]
    return next(one for one in reversed(refs) if one is not None)


def staffed(services: FakeServices) -> FakeServices:
    put_agent(services, "demo", "mei", AgentIn(name="Mei", email=MEIS))
    return services


def delivered(services: FakeServices, raw: bytes, *recipients: str, envelope: str | None = FANG) -> list[Receipt]:
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


class Reads(Struct, frozen=True):
    """A reader that gives this letter, whatever the bytes are."""

    letter: InboundEmail

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> ParsedEmail:
        return ParsedEmail(replace(self.letter, to=recipients), FullText(self.letter.text, None))


def a_letter(**told: Any) -> InboundEmail:
    given: dict[str, Any] = {
        "id": "x@client.example",
        "sender": FANG,
        "text": "Dark.",
        "verdicts": Verdicts(dmarc="pass"),
    }
    return InboundEmail(**given | told)


def heard(services: FakeServices, letter: InboundEmail, *recipients: str) -> Receipt:
    """A letter that was read arrives for the shop, or for others."""
    services.uploads.files["incoming/1"] = f"Message-ID: <{letter.id}>\r\n\r\n{letter.text}".encode()
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=recipients or ("demo@in.example.com",),
        envelope=None,
        verdicts=letter.verdicts,
    )
    (receipt,) = receive_copies(services, Reads(letter), arrived)
    process_receipt(services, receipt.id)
    return services.receipts.kept[key_of_id(receipt.id)]


OURS_ARE = addresses_of(SHOP, "in.example.com")


# -- repeats


def test_two_letters_with_one_id_are_two_cases_of_two_people() -> None:
    services = FakeServices()
    one = opened(arrives(services, plain("x", "Parcel 111 is late.", Message_ID="<1@localhost>")))
    other = opened(arrives(services, plain("x", "My shoes.", Message_ID="<1@localhost>", From=AMY), envelope=AMY))
    assert one != other
    assert (said(services, one), said(services, other)) == (["Parcel 111 is late."], ["My shoes."])


@pytest.mark.parametrize("days", [0, 40])
def test_two_letters_of_one_person_with_one_id_are_two_letters_and_each_again_is_none(days: int) -> None:
    services = FakeServices()
    first, second = (plain("x", text, Message_ID="<1@localhost>") for text in ("Parcel 111.", "Parcel 222 broke."))
    found = []
    for raw in (first, second, first, second):
        found.append(opened(arrives(services, raw)))
        services.time += days * DAY_MS
    assert found[:2] == found[2:]
    assert len(set(found)) == 2  # two matters: neither answers the other
    assert sorted(text for key in set(found) for text in said(services, key)) == ["Parcel 111.", "Parcel 222 broke."]


def test_a_letter_that_comes_again_when_its_receipt_is_long_gone_says_nothing_twice() -> None:
    services = a_desk()
    raw = plain("again", "Dark.", To=TOKEN.decode())
    arrives(services, raw)
    services.receipts.kept.clear()
    services.time += 40 * DAY_MS
    arrives(services, raw)
    assert said(services).count("Dark.") == 1
    assert not [name for name in services.uploads.files if name.startswith("letters/")]


def test_two_answers_in_one_thread_with_one_id_are_both_heard() -> None:
    services = a_desk()
    for text in ("It smokes.", "Now it burns."):
        services.time += 1000
        arrives(services, plain("x", text, To=TOKEN.decode(), Message_ID="<1@localhost>"))
    assert said(services)[1:] == ["It smokes.", "Now it burns."]


def test_an_answer_to_an_id_that_two_letters_have_finds_its_own_persons_case() -> None:
    services = FakeServices()
    keys = {}
    for who in (FANG, AMY):
        keys[who] = opened(arrives(services, plain("x", f"Mine: {who}", Message_ID="<1@l>", From=who), envelope=who))
    for who in (AMY, FANG):
        answer = plain(f"answer-{who}", "And more.", From=who, In_Reply_To="<1@l>", Subject="[nothing]")
        assert opened(arrives(services, answer, envelope=who)) == keys[who]


@pytest.mark.parametrize(
    "added",
    [
        b"Received: from a.example by b.example; Fri, 20 Nov 2026 09:12:00 +0800\r\n",
        b"Return-Path: <x@y.example>\r\nX-SES-RECEIPT: abc\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\nAuthentication-Results: mx; dkim=pass\r\n",
    ],
)
def test_what_servers_write_above_a_mail_on_its_way_does_not_make_it_another(added: bytes) -> None:
    raw = plain("same", "Dark.")
    assert fingerprint(added + raw) == fingerprint(raw) == fingerprint(raw + b"\r\n")


@pytest.mark.parametrize(
    "other",
    [
        plain("same", "Dark!"),
        plain("same", "Dark.", Subject="Lamp 2"),
        plain("same", "Dark.", From=AMY),
        plain("same", "Dark.", Reply_To=AMY),
        plain("same", "Dark.", Date="Fri, 20 Nov 2026 09:13:00 +0800"),
    ],
)
def test_what_its_sender_wrote_differently_makes_it_another(other: bytes) -> None:
    assert fingerprint(other) != fingerprint(plain("same", "Dark."))


def test_a_letter_sent_to_its_case_and_to_the_shop_is_said_once() -> None:
    services = a_desk()
    raw = plain("both", "Dark.", **ANSWER)
    assert len(delivered(services, raw, "@@TOKEN@@", "demo@in.example.com")) == 1
    delivered(services, b"Received: by forwarder.example\r\n" + raw, "demo@in.example.com")
    assert said(services).count("Dark.") == 1


# -- several shops


def two_shops() -> FakeServices:
    services = a_desk()
    services.shops.save(replace(SHOP, id="two", mail_from="two@example.com"))
    for (shop, name), calendar in list(services.shops.calendars.items()):
        services.shops.calendars["two" if shop == "demo" else shop, name] = calendar
    return services


def test_each_shop_that_a_mail_is_for_gets_its_copy_and_the_file_goes_when_all_have_it() -> None:
    services = two_shops()
    found = delivered(services, plain("x", "Which of you has it?"), "two@in.example.com", "demo+x@in.example.com")
    assert {one.shop for one in found} == {"demo", "two"}
    assert all(said(services, opened(one)) == ["Which of you has it?"] for one in found)
    assert len({one.case for one in found}) == 2
    assert "incoming/1" not in services.uploads.files


def test_a_case_and_another_shop_both_get_a_letter_that_is_for_both() -> None:
    services = two_shops()
    raw = plain("x", "Dark.", **ANSWER)
    found = delivered(services, raw, "@@TOKEN@@", "two@in.example.com", "demo@in.example.com", "nobody@in.example.com")
    assert [(one.shop, opened(one) == KEY) for one in found] == [("demo", True), ("two", False)]


def test_a_letter_to_two_cases_of_one_shop_is_on_both() -> None:
    services = a_desk()
    services.hook("case.requested", request(external_id="web-2", customer={"external_id": "fang", "email": FANG}))
    (other,) = (key for key in services.cases.headers if key != KEY)
    raw = plain("x", "Dark, both.")
    found = delivered(services, raw, "@@TOKEN@@", reply_address(services, other) or "")
    assert [opened(one) for one in found] == [KEY, other]
    delivered(services, raw, reply_address(services, other) or "", "@@TOKEN@@")
    assert [said(services, key)[1:] for key in (KEY, other)] == [["Dark, both."]] * 2


@pytest.mark.parametrize("breaks_at", range(12))
def test_whatever_breaks_off_while_a_mail_is_taken_in_each_shop_has_it_once_in_the_end(
    breaks_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, steps = two_shops(), iter(range(100))

    def breaking(inner: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            if next(steps) == breaks_at:
                raise RuntimeError("the function was stopped")
            return inner(*args, **more)

        return call

    with monkeypatch.context() as patch:
        for part, name in (("uploads", "save"), ("uploads", "remove"), ("receipts", "add"), ("receipts", "load")):
            patch.setattr(getattr(services, part), name, breaking(getattr(getattr(services, part), name)))
        raw = plain("x", "Which of you?")
        try:
            delivered(services, raw, "two@in.example.com", "demo@in.example.com")
        except RuntimeError:
            assert services.uploads.files.get("incoming/1") == raw or len(services.receipts.kept) == 2 + 1
    delivered(services, raw, "two@in.example.com", "demo@in.example.com")
    words = [
        text for key, one in services.cases.headers.items() if one.case and key != KEY for text in said(services, key)
    ]
    assert words == ["Which of you?"] * 2


SHOPS = {"demo": "demo@in.example.com", "two": "two+x@in.example.com"}
DELIVERY = st.tuples(st.integers(0, 5), st.sets(st.sampled_from(sorted(SHOPS)), min_size=1), st.booleans())


@given(st.lists(DELIVERY, max_size=12))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_however_often_each_shop_hears_each_letter_once(came: list[tuple[int, set[str], bool]]) -> None:
    services, wanted = two_shops(), set()
    for number, shops, forwarded in came:
        services.time += DAY_MS
        text, who = f"Letter {number}.", (FANG, AMY)[number % 2]
        raw = plain("x", text, From=who, Message_ID=f"<{number // 3}@localhost>")  # three letters an id
        raw = (b"Received: by forwarder.example\r\n" if forwarded else b"") + raw
        delivered(services, raw, *(SHOPS[one] for one in shops), envelope=who)
        wanted |= {(one, text) for one in shops}
    cases = [(key, one.case.shop) for key, one in services.cases.headers.items() if one.case and key != KEY]
    assert sorted((shop, text) for key, shop in cases for text in said(services, key)) == sorted(wanted)


def test_an_answer_that_was_sent_to_another_shop_is_that_shops() -> None:
    services = two_shops()
    (found,) = delivered(
        services, plain("x", "Dark.", Subject=f"[{case_in(services).number}]", **ANSWER), "two@in.example.com"
    )
    assert found.shop == "two"
    assert opened(found) != KEY


# -- forms, mailers, lists


def formed(number: int, sender: str = "mailer@shop-platform.example", **more: Any) -> bytes:
    more = {"Reply_To": f"Ann {number} <ann{number}@example.org>"} | more
    return plain(f"form-{number}", f"Lamp {number} broke.", From=f"Shop <{sender}>", **more)


@pytest.mark.parametrize("sender", ["mailer@shop-platform.example", "no-reply@x.example", CARE])
def test_forty_forms_of_forty_people_are_forty_cases_each_answered_at_their_own_address(sender: str) -> None:
    services, customers = FakeServices(), set()
    for number in range(PER_SENDER + 10):
        key = opened(arrives(services, formed(number, sender), envelope="bounce@shop-platform.example"))
        customers.add(case_in(services, key).customer)
        write(services, command(services, key=key), Message("Which lamp?"))
        assert told(services, case_in(services, key)) == ["sent"]
    assert len(customers) == PER_SENDER + 10
    assert [one.to for one in services.mailer.sent] == [f"ann{number}@example.org" for number in range(PER_SENDER + 10)]


def test_who_a_form_says_wrote_is_never_certain_and_gets_nothing_by_itself() -> None:
    services = FakeServices()
    key = opened(arrives(services, formed(1)))
    ref = last_letter(services, key)
    assert (ref.sender, ref.certain, ref.via) == ("ann1@example.org", False, "mailer@shop-platform.example")
    assert services.customers.kept[key_of_id(case_in(services, key).customer)].email is None
    told(services, case_in(services, key), 0)
    assert services.mailer.sent == []


def test_a_form_that_claims_to_be_somebody_does_not_write_into_their_case() -> None:
    services = a_desk()
    raw = formed(1, Reply_To=FANG, Subject=f"[{case_in(services).number}]", **ANSWER)
    assert opened(arrives(services, raw, SHOP.id + "@in.example.com")) != KEY


def test_a_person_is_not_taken_in_without_end_by_a_form_either() -> None:
    services = FakeServices()
    states = [arrives(services, formed(n, Reply_To=AMY)).state for n in range(PER_SENDER + 2)]  # type: ignore[union-attr]
    assert states.count("ignored") == 2


def test_a_form_that_the_shop_names_is_one_whatever_it_is_called_and_marked_with() -> None:
    services = FakeServices()
    raw = formed(1, "hello@agency.example", Auto_Submitted="auto-generated")
    before = last_letter(services, opened(arrives(services, raw)))
    assert (before.sender, before.automatic) == ("hello@agency.example", True)
    services = FakeServices()
    services.shops.save(replace(SHOP, forms=("hello@agency.example",)))
    after = last_letter(services, opened(arrives(services, raw)))
    assert (after.sender, after.automatic) == ("ann1@example.org", False)


def test_a_person_whose_answers_go_elsewhere_stays_who_they_are_and_is_answered_there() -> None:
    services = FakeServices()
    key = opened(arrives(services, plain("x", "Dark.", Reply_To="fang@home.example")))
    assert services.customers.kept[key_of_id(case_in(services, key).customer)].email == FANG
    write(services, command(services, key=key), Message("Try."))
    assert told(services, case_in(services, key)) == ["sent"]
    assert services.mailer.sent[-1].to == "fang@home.example"


def test_where_answers_go_is_believed_of_nobody_who_is_not_certain() -> None:
    services = a_desk()
    arrives(services, plain("x", "Dark.", To=TOKEN.decode(), Reply_To="evil@example.net"), dmarc="fail")
    write(services, command(services), Message("Try."))
    told(services, case_in(services))
    assert services.mailer.sent[-1].to == FANG


LISTED = {
    "sender": "support@shop.example",
    "sender_name": "'Amy' via Support",
    "list_id": "support.shop.example",
    "automatic": "bulk",
}
"""What a list makes of a letter when it writes itself into `From`."""


@pytest.mark.parametrize(
    "more",
    [{"original_sender": AMY}, {"reply_to": (Mailbox(AMY),)}, {"original_sender": AMY, "reply_to": (Mailbox(FANG),)}],
)
def test_what_a_list_rewrote_is_of_whom_it_says_it_came_from(more: dict[str, Any]) -> None:
    writer = writer_of(a_letter(**LISTED | more), OURS_ARE)
    assert (writer.address, writer.name, writer.certain) == (AMY, "Amy", False)
    assert writer.via == "support@shop.example"


def test_who_a_list_says_wrote_is_a_person_and_one_of_each() -> None:
    services = a_desk()
    for number in range(PER_SENDER + 5):
        letter = a_letter(**LISTED, id=f"l{number}", original_sender=f"p{number}@example.org", text=f"Lamp {number}")
        key = opened(heard(services, letter))
        assert (last_letter(services, key).sender, last_letter(services, key).automatic) == (
            f"p{number}@example.org",
            False,
        )
    assert len(services.cases.headers) == PER_SENDER + 6


@pytest.mark.parametrize(
    "more",
    [
        {"original_sender": "fang@example.net"},
        {"reply_to": (Mailbox("noreply@x.example"),), "sender": "form@x.example"},
        {"reply_to": (Mailbox("r-1@in.example.com"),), "sender": "form@x.example"},
        {"reply_to": (Mailbox(AMY),), "sender": "noreply@x.example", "automatic": "reply"},
    ],
)
def test_who_cannot_be_told_behind_a_letter_is_who_its_from_names(more: dict[str, Any]) -> None:
    letter = a_letter(**more)
    assert writer_of(letter, OURS_ARE).address == letter.sender


def test_spam_that_a_list_passed_on_stays_spam() -> None:
    letter = a_letter(**LISTED, original_sender=AMY, verdicts=Verdicts(dmarc="pass", spam="fail"))
    assert writer_of(letter, OURS_ARE).automatic == "bulk"


@pytest.mark.parametrize("address", ["mailerson@x.example", "norman@reply.example", "formica@x.example", "notis@x.se"])
def test_a_person_is_no_mailer_by_how_their_address_begins(address: str) -> None:
    assert not OURS_ARE.passes_on(address)


# -- our own words


@pytest.mark.parametrize("sender", [f"Care <{CARE}>", f"'Care' via Support <support@{'shop.example'}>"])
def test_our_own_mail_that_comes_back_opens_no_case(sender: str) -> None:
    services = a_desk()
    receipt = arrives(services, plain("x", "Please try another socket.", From=sender, Message_ID=f"<{OURS}>"))
    assert receipt is not None
    assert (receipt.state, receipt.reason) == ("ignored", "one of our own mails that came back")
    assert len(services.cases.headers) == 1


@pytest.mark.parametrize("more", [{"Message_ID": f"<{OURS}>"}, {}])
def test_our_own_words_on_a_case_are_not_its_customers(more: dict[str, str]) -> None:
    services = a_desk()
    set_status(services, command(services), StatusChange("resolved"))
    services.time += 1000
    arrives(services, plain("x", "We will look.", From=CARE, To=TOKEN.decode(), **more), envelope=CARE)
    assert isinstance(last(services).fact, NoteAdded)
    assert (last_letter(services).author, case_in(services).status) == ("shop", "resolved")


def test_what_is_written_from_the_shops_own_address_is_nobodys_case_and_stays_to_be_read() -> None:
    services = FakeServices()
    receipt = arrives(services, plain("x", "A note to us.", From=CARE), envelope=CARE)
    assert receipt is not None
    assert receipt.state == "ignored"
    assert [name for name in services.uploads.files if name.endswith("letter.eml")]


def test_a_mail_whose_sender_cannot_be_read_says_so_and_stays_to_be_read() -> None:
    services = FakeServices()
    raw = plain("x", "Hi", From="?")
    receipt = arrives(services, raw)
    assert receipt is not None
    assert receipt.reason == "who wrote it cannot be read: its From names no address"
    assert raw in services.uploads.files.values()
    assert "incoming/1" not in services.uploads.files


def test_a_mail_whose_from_cannot_be_read_but_says_where_to_answer_is_theirs() -> None:
    services = FakeServices()
    assert last_letter(services, opened(arrives(services, plain("x", "Hi", From="?", Reply_To=AMY)))).sender == AMY


# -- others


def test_what_another_writes_to_a_case_is_noted_as_theirs_and_moves_nothing() -> None:
    services = a_desk()
    set_status(services, command(services), StatusChange("waiting_customer"))
    before = case_in(services)
    services.time += 1000
    files = several("mixed", body("It is here."), a_file("shelf.png", PNG, "image/png"))
    arrives(services, mail("x", files, From=WU, To=TOKEN.decode()), envelope=WU)
    (note,) = [one for one in services.cases.events(KEY) if isinstance(one.fact, NoteAdded)]
    assert (note.by.kind, said(services)[1:]) == ("system", ["It is here."])
    assert (last_letter(services).sender, last_letter(services).author) == (WU, "third_party")
    assert (case_in(services).status, case_in(services).clocks) == ("waiting_customer", before.clocks)
    assert not [name for name in services.uploads.files if name.startswith("uploads/")]


def test_somebody_is_to_look_at_what_another_wrote_where_a_note_would_be_missed() -> None:
    for status, wanted in (("resolved", 1), ("open", 0)):
        services = a_desk()
        set_status(services, command(services), StatusChange(status))  # type: ignore[arg-type]
        services.time += 1000
        arrives(services, plain("x", "It is here.", From=WU, To=TOKEN.decode()), envelope=WU)
        tasks = [one.fact for one in services.cases.events(KEY) if isinstance(one.fact, TaskOpened)]
        assert [WU in one.title for one in tasks] == [True] * wanted
        assert case_in(services).status == status


def test_another_address_of_the_customer_is_the_customers() -> None:
    services = a_desk()
    services.hook("case.requested", request(external_id="web-2", customer={"external_id": "fang-2", "email": AMY}))
    from chalicelib.domain.customers.customer import CustomerEvent

    keys = [key_of_id(case_in(services, key).customer) for key in services.cases.headers]
    top, below = (services.customers.kept[key] for key in keys)
    event = CustomerEvent(id="0" * 26, at=services.time, by=MEI, type="merged", shop="demo")
    services.identities.link(top, below, event)
    arrives(services, plain("x", "It is me.", From=AMY, To=TOKEN.decode()), envelope=AMY)
    assert isinstance(last(services).fact, MessageReceived)


def test_who_is_written_to_at_a_plus_address_may_answer_without_it() -> None:
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang", "email": "fang+lamps@example.net"}))
    arrives(services, plain("x", "It is me.", From="Fang@Example.net", To=TOKEN.decode()))
    assert isinstance(last(services).fact, MessageReceived)


# -- staff


def test_an_agents_mail_to_a_case_is_their_reply_and_goes_to_the_customer_once() -> None:
    services = staffed(a_desk())
    arrives(services, plain("x", "Please try another socket.", From=MEIS, To=TOKEN.decode()), envelope=MEIS)
    event = last(services)
    assert (event.by, event.fact.message) == (Actor("agent", "mei"), "Please try another socket.")
    assert isinstance(event.fact, ReplySent)
    assert case_in(services).first_reply_at is not None
    assert (told(services, case_in(services)), told(services, case_in(services))) == (["sent"], ["claimed before"])
    assert [(one.to, one.headers["Auto-Submitted"]) for one in services.mailer.sent] == [(FANG, "no")]


def test_an_agents_mail_that_the_customer_got_is_not_sent_to_them_again() -> None:
    services = staffed(a_desk())
    raw = plain("x", "Please try another socket.", From=MEIS, To=FANG, Cc=TOKEN.decode())
    arrives(services, raw, reply_address(services, KEY), envelope=MEIS)
    assert isinstance(last(services).fact, ReplySent)
    assert told(services, case_in(services)) == ["nothing to tell"]


def test_whoever_may_only_say_that_they_are_an_agent_says_nothing_to_a_customer() -> None:
    services = staffed(a_desk())
    arrives(
        services, plain("x", "Send me your card's number.", From=MEIS, To=TOKEN.decode()), envelope=MEIS, dmarc="fail"
    )
    facts = [one.fact for one in services.cases.events(KEY)]
    assert not [one for one in facts if isinstance(one, ReplySent | MessageReceived)]
    assert [one for one in facts if isinstance(one, TaskOpened)]
    assert services.mailer.sent == []


def test_an_agent_who_names_a_case_by_its_number_alone_notes_something_on_it() -> None:
    services = staffed(a_desk())
    arrives(services, plain("x", "Called her.", From=MEIS, Subject=f"[{NUMBER.decode()}]"), envelope=MEIS)
    assert (last(services).by, last(services).fact.message) == (Actor("agent", "mei"), "Called her.")
    assert isinstance(last(services).fact, NoteAdded)


def test_an_agents_mail_to_the_customer_that_a_copy_of_comes_in_is_the_reply_it_was() -> None:
    services = staffed(a_desk())
    arrives(
        services, plain("x", "Try another socket.", From=MEIS, To=FANG, Subject=f"[{NUMBER.decode()}]"), SHOP_IN, MEIS
    )
    assert isinstance(last(services).fact, ReplySent)
    assert case_in(services).first_reply_at is not None
    assert told(services, case_in(services)) == ["nothing to tell"]


def test_an_agent_who_logs_in_by_their_address_writes_from_it() -> None:
    services = a_desk()
    put_agent(services, "demo", MEIS, AgentIn())
    arrives(services, plain("x", "Try another socket.", From=MEIS, To=TOKEN.decode()), envelope=MEIS)
    assert last(services).by == Actor("agent", MEIS)
    with pytest.raises(Conflict):
        put_agent(services, "demo", "lee", AgentIn(email=MEIS))


FORWARDED = (
    "From her.\n\n---------- Forwarded message ---------\nFrom: Amy <amy@example.org>\nDate: Fri, Nov 20, 2026\n"
    "Subject: My parcel\nTo: <care@example.com>\n\nMy parcel 77 was lost."
)


def test_a_customers_mail_that_an_agent_forwards_keeps_its_words_and_asks_whose_it_is() -> None:
    services = staffed(FakeServices())
    key = opened(arrives(services, plain("x", FORWARDED, From=MEIS, Subject="Fwd: My parcel"), envelope=MEIS))
    assert "parcel 77" in said(services, key)[0]
    assert (case_in(services, key).tags, last_letter(services, key).suggested) == (("customer_unknown",), AMY)
    assert services.cases.events(key)[0].by == Actor("agent", "mei")
    write(services, command(services, key=key), Message("We look for it."))
    assert told(services, case_in(services, key)) == ["no address"]
    assert isinstance(last(services, key).fact, NoteAdded)
    assert services.mailer.sent == []


def test_an_address_is_one_agents_and_not_the_shops() -> None:
    services = staffed(FakeServices())
    with pytest.raises(Conflict):
        put_agent(services, "demo", "lee", AgentIn(email=MEIS.upper()))
    with pytest.raises(Invalid):
        put_agent(services, "demo", "lee", AgentIn(email=CARE))
    put_agent(services, "demo", "mei", AgentIn(email=MEIS, capacity=3))


def test_what_its_sender_calls_important_says_so_and_waits_its_turn() -> None:
    services = FakeServices()
    for name, more in (("a", {"X_Priority": "1 (Highest)"}), ("b", {"Importance": "low"})):
        case = case_in(services, opened(arrives(services, plain(name, "Dark.", **more))))
        assert (case.tags, case.priority) == (("important",) if name == "a" else (), "normal")


# -- copies


def copied(services: FakeServices) -> None:
    arrives(services, plain("x", "Dark.", To=TOKEN.decode(), Cc=f"Lei <lei@example.net>, {CARE}, <{FANG}>"))


def test_who_got_the_customers_letter_too_is_kept_and_answered_where_the_agent_wants_it() -> None:
    services = a_desk()
    copied(services)
    assert last_letter(services).copied == ("lei@example.net",)
    for copy, sent in ((False, ()), (True, ("lei@example.net",)), (("lei@example.net",), ("lei@example.net",))):
        services.time += 1000
        write(services, command(services), Message("Try.", copy=copy))
        told(services, case_in(services))
        assert services.mailer.sent[-1].copy == sent


@pytest.mark.parametrize(
    "message", [Message("Try.", copy=("evil@example.net",)), Message("Try.", public=False, copy=True)]
)
def test_nobody_is_written_to_who_is_not_in_the_conversation(message: Message) -> None:
    services = a_desk()
    copied(services)
    with pytest.raises(Invalid):
        write(services, command(services), message)


def test_what_is_not_mailed_is_copied_to_nobody() -> None:
    services = a_desk()
    arrives(services, plain("x", "It is here.", From=WU, To=TOKEN.decode()), envelope=WU)
    with pytest.raises(Invalid):
        write(services, command(services), Message("Thanks.", copy=(WU,)))


def test_there_is_nobody_to_copy_where_nobody_else_got_the_letter() -> None:
    services = a_desk()
    with pytest.raises(Invalid):
        write(services, command(services), Message("Try.", copy=True))


# -- addresses that take no mail


def bounced(services: FakeServices, *failed: Bounce, **told: Any) -> str | None:
    """What is marked undeliverable of Fang after a bounce."""
    given: dict[str, Any] = {"automatic": "bounce", "sender": "mailer-daemon@mx.example", "about": (OURS,)}
    heard(services, a_letter(id=f"b{services.time}", bounced=failed, **given | told))
    return services.customers.kept[key_of_id(case_in(services).customer)].undeliverable


FAILED = Bounce(FANG, "5.1.1", "failed")


@pytest.mark.parametrize("told", [{}, {"about": (), "quoted_ids": (OURS,)}, {"automatic": "bounce", "sender": ""}])
def test_an_address_that_our_mail_came_back_from_for_good_is_marked_at_the_person(told: dict[str, Any]) -> None:
    services = a_desk()
    assert bounced(services, FAILED, **told) == FANG
    assert isinstance(last(services).fact, NoteAdded)


@pytest.mark.parametrize(
    ("failed", "told"),
    [
        (Bounce(FANG, "4.2.2", "delayed"), {}),
        (Bounce(FANG, "5.1.1", "delayed"), {}),
        (Bounce(FANG, "2.0.0", "delivered"), {}),
        (Bounce(FANG), {}),
        (Bounce(AMY, "5.1.1", "failed"), {}),
        (FAILED, {"about": ("spam@x",)}),
        (FAILED, {"about": ()}),
    ],
)
def test_what_is_not_ours_not_theirs_or_not_for_good_marks_nobody(failed: Bounce, told: dict[str, Any]) -> None:
    services = a_desk()
    assert bounced(services, failed, **told) is None


def test_a_bounce_that_gives_back_nothing_of_ours_marks_nobody_though_it_finds_the_case() -> None:
    services = a_desk()
    letter = a_letter(automatic="bounce", sender="", about=("spam@x",), bounced=(FAILED,))
    assert opened(heard(services, letter, reply_address(services, KEY) or "")) == KEY
    assert services.customers.kept[key_of_id(case_in(services).customer)].undeliverable is None


def test_a_letter_with_our_id_that_came_in_first_marks_nobody() -> None:
    services = a_desk()
    services.threads.remember("theirs@client.example", KEY, services.time, ours=False)
    assert bounced(services, FAILED, about=("theirs@client.example",)) is None


def test_nothing_is_sent_to_an_address_that_takes_no_mail_and_who_replied_hears_so() -> None:
    services = a_desk()
    arrives(services, plain("x", "Dark.", To=TOKEN.decode()))
    bounced(services, FAILED)
    services.time += 1000
    write(services, command(services), Message("Try."))
    place = next(n for n, one in enumerate(services.cases.events(KEY)) if isinstance(one.fact, ReplySent))
    assert told(services, case_in(services), place) == ["undeliverable"]
    assert isinstance(last(services).fact, NoteAdded)
    assert services.mailer.sent == []
    customer = services.customers.kept[key_of_id(case_in(services).customer)]
    set_status(services, command(services), StatusChange("resolved"))
    assert reason_to_skip(case_in(services), customer, SurveyPolicy(), services.time) == "undeliverable"


def test_who_writes_from_an_address_or_has_another_gets_mail_again() -> None:
    services = a_desk()
    assert bounced(services, FAILED) == FANG
    arrives(services, plain("x", "I am here.", To=TOKEN.decode()))
    assert services.customers.kept[key_of_id(case_in(services).customer)].undeliverable is None
    assert bounced(services, FAILED) == FANG
    services.time += 1000
    services.hook("case.requested", request(external_id="w2", customer={"external_id": "fang", "email": AMY}))
    assert services.customers.kept[key_of_id(case_in(services).customer)].undeliverable is None


# -- what goes out


@pytest.mark.parametrize("name", TEMPLATE_VALUES)
def test_every_mail_of_ours_says_that_no_person_wrote_it_but_an_agents_reply(name: MailName) -> None:
    draft = Draft(name=name, language="en", to=FANG, values={}, headers=WRITTEN if name == "reply" else {})
    headers = compose(FakeServices(), SHOP, draft).headers
    automatic = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    assert headers == ({"Auto-Submitted": "no"} if name == "reply" else automatic)


def test_the_word_that_we_got_a_letter_is_an_automatic_answer() -> None:
    services = FakeServices()
    told(services, case_in(services, opened(arrives(services, plain("x", "Dark.")))), 0)
    headers = services.mailer.sent[0].headers
    assert (headers["Auto-Submitted"], headers["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


# -- lines


def test_a_subject_of_several_lines_is_mailed_as_one() -> None:
    services = FakeServices()
    asked = request(subject="Where is\r\nBcc: x@example.org\r\nmy lamp?", customer={"external_id": "f", "email": FANG})
    assert services.hook("case.requested", asked).state == "processed"
    opening = services.cases.opening([KEY])[KEY]
    assert opening.subject == "Where is Bcc: x@example.org my lamp?"
    services.shops.save_template("demo", "reply", "zh", MailTemplate("一\r\n{{ subject }}", "{{ message }}"))
    arrives(services, plain("x", "?", To=TOKEN.decode()))
    write(services, command(services), Message("Here."))
    told(services, case_in(services))
    assert services.mailer.sent[-1].subject == "一 Where is Bcc: x@example.org my lamp?"


@pytest.mark.parametrize("name", ["fang\r\nBcc: x@example.org", "fang\u2028wang", "fang\x85wang"])
def test_a_platforms_line_is_one_line_too(name: str) -> None:
    assert len(str(one_line(name)).splitlines()) == 1


@given(st.text(alphabet="a\r\n\t\x0b\x85\u2028 你", max_size=40))
@settings(max_examples=200)
def test_a_line_is_one_line_whatever_was_sent(text: str) -> None:
    from chalicelib.domain.cases.commands import Escalate
    from chalicelib.domain.kernel.validation import folded

    assert folded(Escalate("x" + text).reason).splitlines() in ([folded("x" + text)], ["x" + text])
    assert len(folded(text).splitlines()) <= 1
