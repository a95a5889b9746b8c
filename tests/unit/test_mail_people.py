"""Who is behind a form nobody knows, who may write where, and what an agent's mail is."""

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.cases.facts import NoteAdded, ReplySent
from chalicelib.domain.email.inbound_email import PER_SENDER, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.fakes import FakeServices
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
    services, customers = a_desk(), set()
    for number in range(40):
        told = {"Reply_To": answers.format(number, number)} if answers else {}
        raw = plain(f"m{number}", f"Lamp {number} broke.", From=sender, **told)
        customers.add(case_in(services, opened(arrives(services, raw, envelope="bounce@x.example"))).customer)
    assert len(customers) == people


def test_a_list_that_names_nobody_is_a_new_person_each_time() -> None:
    services = a_desk()
    keys = [opened(heard(services, a_letter(**LISTED, id=f"l{n}", text=f"Lamp {n}"))) for n in range(PER_SENDER + 5)]
    assert len({case_in(services, key).customer for key in keys}) == PER_SENDER + 5
    assert not any(last_letter(services, key).certain for key in keys)


def test_a_mailer_that_named_nobody_does_not_write_into_the_case_it_opened() -> None:
    services = FakeServices()
    key = opened(arrives(services, plain("a", "Lamp 1 broke.", From="noreply@x.example")))
    raw = plain("b", "Lamp 2 broke.", From="noreply@x.example")
    arrives(services, raw, reply_address(services, key))
    assert (last_letter(services, key).author, case_in(services, key).tasks[0].department) == (
        "third_party",
        "after_sales",
    )


def test_where_a_certain_customer_asked_to_be_answered_they_answer_from() -> None:
    services = FakeServices()
    key = opened(arrives(services, plain("a", "Dark.", From=AMY, Reply_To="amy.home@example.org"), envelope=AMY))
    home = {"From": "amy.home@example.org", "To": reply_address(services, key) or ""}
    arrives(services, plain("b", "Who says so?", **home), reply_address(services, key), AMY, "none")
    assert last_letter(services, key).author == "third_party"
    services.time += 1000
    arrives(services, plain("c", "Still dark.", **home), reply_address(services, key), "amy.home@example.org")
    assert (last_letter(services, key).author, said(services, key)[-1]) == ("customer", "Still dark.")


def test_an_answer_address_that_nobody_vouches_for_makes_nobody_the_customer() -> None:
    services = FakeServices()
    key = opened(
        arrives(services, plain("a", "Dark.", From=AMY, Reply_To="eve@example.org"), envelope=AMY, dmarc="none")
    )
    raw = plain("b", "Send it to me.", From="eve@example.org")
    arrives(services, raw, reply_address(services, key), "eve@example.org")
    assert last_letter(services, key).author == "third_party"


@pytest.mark.parametrize(("sender", "dmarc"), [(AMY, "pass"), (MEIS, "none")])
def test_who_writes_to_a_case_of_somebody_without_an_address_is_to_be_looked_at(sender: str, dmarc: str) -> None:
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang"}))
    arrives(services, plain("x", "Send it to me.", From=sender), reply_address(services, KEY), sender, dmarc)
    assert last_letter(staffed(services)).author == "third_party"
    assert [one.department for one in case_in(services).tasks] == ["after_sales"]


def test_a_stranger_does_not_become_the_customer_of_a_case_whose_customer_was_forgotten() -> None:
    services = a_desk()
    erase_customer(services, services.customers.kept[key_of_id(case_in(services).customer)], MEI)
    arrives(services, plain("x", "Send it to me.", From=AMY), reply_address(services, KEY), AMY)
    assert last_letter(services).author == "third_party"


def test_an_agent_hears_that_the_files_of_their_reply_did_not_go_with_it() -> None:
    services = staffed(a_desk())
    parts = several("mixed", body("See the picture."), a_file("how.png", PNG, "image/png"))
    for name, more in (("a", {}), ("b", {"Cc": FANG})):
        arrives(services, mail(name, parts, From=MEIS, To=TOKEN.decode(), **more), reply_address(services, KEY), MEIS)
        services.time += 1000
    facts = [one.fact for one in services.cases.events(KEY)]
    assert [one.had for one in facts if isinstance(one, ReplySent)] == [False, True]
    (sent, _) = (one.mail for one in facts if isinstance(one, ReplySent) and one.mail)
    assert read_email(services, services.cases.load(KEY), sent.letter).text.strip() == "See the picture."
    assert len([one for one in facts if isinstance(one, NoteAdded)]) == 1  # who was in copy has the file


def test_a_mail_without_an_id_that_comes_by_two_ways_is_one() -> None:
    services = FakeServices()
    for number in (1, 2):
        raw = plain("x", "Dark.", Message_ID=None)
        services.uploads.files["incoming/1"] = f"Received: by mx{number}.example\r\n".encode() + raw
        arrived = ReceivedEmail(
            file="incoming/1", id=f"ses-{number}", recipients=(SHOP_IN,), envelope=FANG, verdicts=Verdicts(dmarc="pass")
        )
        for receipt in receive_copies(services, MimeParser(), arrived):
            process_receipt(services, receipt.id)
    assert len(services.cases.headers) == len(services.receipts.kept) == 1


def test_what_an_automatic_mail_names_in_its_head_alone_finds_its_case_if_it_is_ours() -> None:
    for named, noted in (
        ({"in_reply_to": (OURS,)}, True),
        ({"references": ("a@b", OURS)}, True),
        ({"references": ("a@b",)}, False),
    ):
        for kind in ("bounce", "reply"):
            services = a_desk()
            letter = a_letter(automatic=kind, sender="daemon@mx.example", verdicts=Verdicts(), **named)
            assert (heard(services, letter).case is not None) == noted
    services = a_desk()
    assert bounced(services, FAILED, about=(), references=(OURS,)) == FANG
