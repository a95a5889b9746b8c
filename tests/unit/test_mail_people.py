"""Who is behind a form nobody knows, who may write where, and what an agent's mail is."""

import pytest

from chalicelib.adapters.email.mime import MailReader
from chalicelib.domain.cases.facts import NoteAdded, ReplySent
from chalicelib.domain.email.inbound_email import PER_SENDER, Verdicts
from chalicelib.domain.kernel.ids import key_in
from chalicelib.usecases.email.read_email import read_mail
from chalicelib.usecases.email.receive_email import Arrived, receive_copies
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.privacy.erase_customer import forget
from tests.fakes import FakeDesk
from tests.mails.writing import AMY, FANG, OURS, PNG, TOKEN, a_file, body, mail, plain, several
from tests.unit.desk_work import MEI, case_in
from tests.unit.test_hooks import KEY, request
from tests.unit.test_mail_flow import (
    FAILED,
    LISTED,
    MEIS,
    SHOP_IN,
    a_letter,
    bounced,
    heard,
    last_letter,
    opened,
    said,
    staffed,
)
from tests.unit.test_mail_in import a_desk, arrives


@pytest.mark.parametrize(
    ("sender", "answers", "people"),
    [
        ("ne-pas-repondre@x.example", "p{}@example.org", 40),
        ("contact@x.example", "p{}@example.org", 1),
        ("noreply@x.example", "p{}@example.org, also{}@example.net", 40),
        ("noreply@x.example", None, 40),
    ],
)
def test_forty_people_behind_one_mailer_are_all_taken_in_and_no_mailer_is_all_of_them(
    sender: str, answers: str | None, people: int
) -> None:
    desk, customers = a_desk(), set()
    for number in range(40):
        told = {"Reply_To": answers.format(number, number)} if answers else {}
        raw = plain(f"m{number}", f"Lamp {number} broke.", From=sender, **told)
        customers.add(case_in(desk, opened(arrives(desk, raw, envelope="bounce@x.example"))).customer)
    assert len(customers) == people


def test_a_list_that_names_nobody_is_a_new_person_each_time() -> None:
    desk = a_desk()
    keys = [opened(heard(desk, a_letter(**LISTED, id=f"l{n}", text=f"Lamp {n}"))) for n in range(PER_SENDER + 5)]
    assert len({case_in(desk, key).customer for key in keys}) == PER_SENDER + 5
    assert not any(last_letter(desk, key).certain for key in keys)


def test_a_mailer_that_named_nobody_does_not_write_into_the_case_it_opened() -> None:
    desk = FakeDesk()
    key = opened(arrives(desk, plain("a", "Lamp 1 broke.", From="noreply@x.example")))
    raw = plain("b", "Lamp 2 broke.", From="noreply@x.example")
    arrives(desk, raw, reply_address(desk, key))
    assert (last_letter(desk, key).author, case_in(desk, key).tasks[0].department) == ("third_party", "after_sales")


def test_where_a_certain_customer_asked_to_be_answered_they_answer_from() -> None:
    desk = FakeDesk()
    key = opened(arrives(desk, plain("a", "Dark.", From=AMY, Reply_To="amy.home@example.org"), envelope=AMY))
    home = {"From": "amy.home@example.org", "To": reply_address(desk, key) or ""}
    arrives(desk, plain("b", "Who says so?", **home), reply_address(desk, key), AMY, "none")
    assert last_letter(desk, key).author == "third_party"
    desk.time += 1000
    arrives(desk, plain("c", "Still dark.", **home), reply_address(desk, key), "amy.home@example.org")
    assert (last_letter(desk, key).author, said(desk, key)[-1]) == ("customer", "Still dark.")


def test_an_answer_address_that_nobody_vouches_for_makes_nobody_the_customer() -> None:
    desk = FakeDesk()
    key = opened(arrives(desk, plain("a", "Dark.", From=AMY, Reply_To="eve@example.org"), envelope=AMY, dmarc="none"))
    raw = plain("b", "Send it to me.", From="eve@example.org")
    arrives(desk, raw, reply_address(desk, key), "eve@example.org")
    assert last_letter(desk, key).author == "third_party"


@pytest.mark.parametrize(("sender", "dmarc"), [(AMY, "pass"), (MEIS, "none")])
def test_who_writes_to_a_case_of_somebody_without_an_address_is_to_be_looked_at(sender: str, dmarc: str) -> None:
    desk = FakeDesk()
    desk.hook("case.requested", request(customer={"external_id": "fang"}))
    arrives(desk, plain("x", "Send it to me.", From=sender), reply_address(desk, KEY), sender, dmarc)
    assert last_letter(staffed(desk)).author == "third_party"
    assert [one.department for one in case_in(desk).tasks] == ["after_sales"]


def test_a_stranger_does_not_become_the_customer_of_a_case_whose_customer_was_forgotten() -> None:
    desk = a_desk()
    forget(desk, desk.customers.kept[key_in(case_in(desk).customer)], MEI)
    arrives(desk, plain("x", "Send it to me.", From=AMY), reply_address(desk, KEY), AMY)
    assert last_letter(desk).author == "third_party"


def test_an_agent_hears_that_the_files_of_their_reply_did_not_go_with_it() -> None:
    desk = staffed(a_desk())
    parts = several("mixed", body("See the picture."), a_file("how.png", PNG, "image/png"))
    for name, more in (("a", {}), ("b", {"Cc": FANG})):
        arrives(desk, mail(name, parts, From=MEIS, To=TOKEN.decode(), **more), reply_address(desk, KEY), MEIS)
        desk.time += 1000
    facts = [one.fact for one in desk.cases.events(KEY)]
    assert [one.had for one in facts if isinstance(one, ReplySent)] == [False, True]
    (sent, _) = (one.mail for one in facts if isinstance(one, ReplySent) and one.mail)
    assert read_mail(desk, desk.cases.load(KEY), sent.letter).text.strip() == "See the picture."
    assert len([one for one in facts if isinstance(one, NoteAdded)]) == 1  # who was in copy has the file


def test_a_mail_without_an_id_that_comes_by_two_ways_is_one() -> None:
    desk = FakeDesk()
    for number in (1, 2):
        raw = plain("x", "Dark.", Message_ID=None)
        desk.uploads.files["incoming/1"] = f"Received: by mx{number}.example\r\n".encode() + raw
        arrived = Arrived(
            file="incoming/1", id=f"ses-{number}", recipients=(SHOP_IN,), envelope=FANG, verdicts=Verdicts(dmarc="pass")
        )
        for receipt in receive_copies(desk, MailReader(), arrived):
            process_receipt(desk, receipt.id)
    assert len(desk.cases.headers) == len(desk.receipts.kept) == 1


def test_what_an_automatic_mail_names_in_its_head_alone_finds_its_case_if_it_is_ours() -> None:
    for named, noted in (
        ({"in_reply_to": (OURS,)}, True),
        ({"references": ("a@b", OURS)}, True),
        ({"references": ("a@b",)}, False),
    ):
        for kind in ("bounce", "reply"):
            desk = a_desk()
            letter = a_letter(automatic=kind, sender="daemon@mx.example", verdicts=Verdicts(), **named)
            assert (heard(desk, letter).case is not None) == noted
    desk = a_desk()
    assert bounced(desk, FAILED, about=(), references=(OURS,)) == FANG
