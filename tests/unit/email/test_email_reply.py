"""Agents' replies go out in the thread of the customer's email, once."""

import pytest

from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.email.inbound_email import PER_SENDER, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.notifications.signed_links import read_reply_address
from chalicelib.usecases.ports import MailDelayed, MailRejected
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.follow_ups import notify
from tests.support.emails.inbox import PARSER, case_by_email, notify_about, receive, services_with_case
from tests.support.emails.samples.writing import FANG, TOKEN, plain


def test_references_of_a_long_thread_fit_into_a_header_and_odd_ids_are_none() -> None:
    services = FakeServices()
    first = receive(services, plain("first", "Dark."))
    assert first is not None
    for number in range(20):
        services.time += 1000
        name = f"{number:060d}-outlook-thread"
        receive(services, plain(name, "Still.", References="<first@client.example>"))
    from chalicelib.domain.cases.payloads import Message
    from chalicelib.usecases.email.write_reply import write

    case = case_in(services, key_of_id(str(first.case)))
    write(services, command(services, key=key_of_id(case.id)), Message("Try."))
    notify_about(services, case)
    headers = services.mailer.sent[-1].headers
    assert all(len(value) < 995 for value in headers.values())
    assert headers["References"].endswith(headers["In-Reply-To"])
    email = PARSER.read(plain("x", "?", Message_ID="<\u4f60@x>", In_Reply_To="x" * 5_000), FANG, (), Verdicts()).email
    assert (email.id, email.in_reply_to) == ("", ())


def test_an_agents_reply_goes_out_in_the_thread_once_and_its_answer_comes_back_to_the_case() -> None:
    from chalicelib.domain.cases.payloads import Message
    from chalicelib.usecases.email.write_reply import write

    services = FakeServices()
    case = case_by_email(services)
    write(services, command(services, key=key_of_id(case.id)), Message("请换个插座试试。"))
    assert notify_about(services, case) == ["sent"]
    assert notify_about(services, case) == ["claimed before"]
    (sent,) = services.mailer.sent
    assert (sent.to, sent.headers["In-Reply-To"], sent.headers["Auto-Submitted"]) == (
        FANG,
        "<first@client.example>",
        "no",
    )
    assert sent.reply_to is not None
    assert read_reply_address(services, sent.reply_to.upper()) == key_of_id(case.id)
    services.time += 1000
    receipt = receive(services, plain("second", "亮了！", To=sent.reply_to, In_Reply_To="<mail-1>"), sent.reply_to)
    assert receipt is not None
    assert receipt.case == case.id


def test_whoever_wrote_is_told_that_we_got_it_but_no_machine_and_nobody_who_is_not_certain() -> None:
    services = FakeServices()
    assert notify_about(services, case_by_email(services), 0) == ["sent"]
    assert services.mailer.sent[0].headers["Auto-Submitted"] == "auto-replied"
    for more in ({"Precedence": "bulk"}, {}):
        other = FakeServices()
        receipt = receive(other, plain("x", "Buy!", **more), dmarc="pass" if more else "fail")
        assert receipt is not None
        case = case_in(other, key_of_id(str(receipt.case)))
        opening = other.cases.events(key_of_id(case.id))[0]
        assert other.customers.stored[key_of_id(case.customer)].email is None
        assert notify(other, key_of_id(case.id), opening.order) == ["no address"]


def test_nobody_is_told_more_than_a_few_times_an_hour_and_a_flood_is_not_taken_in() -> None:
    services = FakeServices()
    outcomes, states = [], []
    for number in range(PER_SENDER + 3):
        receipt = receive(services, plain(f"n{number}", "Dark."))
        assert receipt is not None
        states.append(receipt.state)
        if receipt.case is not None:
            outcomes += notify_about(services, case_in(services, key_of_id(receipt.case)), 0)
    assert outcomes.count("sent") == 5
    assert states.count("ignored") == 3


def test_a_reply_that_could_not_be_mailed_is_noted_and_one_that_may_leave_later_is_tried_later() -> None:
    from chalicelib.domain.cases.payloads import Message
    from chalicelib.usecases.email.write_reply import write

    services = FakeServices()
    case = case_by_email(services)
    write(services, command(services, key=key_of_id(case.id)), Message("Try."))
    services.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        notify_about(services, case)
    services.mailer.trouble = MailRejected("no such user")
    assert notify_about(services, case) == ["rejected"]
    assert isinstance(services.cases.events(key_of_id(case.id))[-1].fact, NoteAdded)


def test_what_an_outside_help_desk_replied_is_not_mailed_again() -> None:
    services = services_with_case()
    receive(services, plain("join", "Dark.", To=TOKEN.decode()))
    services.time += 1000
    services.hook("case.replied", {"case_external_id": "web-1", "agent": "zen", "message": "Done."})
    assert notify_about(services, case_in(services)) == ["nothing to tell"]
