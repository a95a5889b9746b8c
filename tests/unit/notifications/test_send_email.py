"""Outgoing emails: their automatic headers and their subjects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.notifications.send_email import WRITTEN, Draft, compose
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY, request
from tests.support.emails.inbox import notify_about, opened_key, receive
from tests.support.emails.samples.writing import FANG, TOKEN, plain

# -- what goes out


@pytest.mark.parametrize("name", TEMPLATE_VALUES)
def test_every_mail_of_ours_says_that_no_person_wrote_it_but_an_agents_reply(name: MailName) -> None:
    draft = Draft(name=name, language="en", to=FANG, values={}, headers=WRITTEN if name == "reply" else {})
    headers = compose(FakeServices(), SHOP, draft).headers
    automatic = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    assert headers == ({"Auto-Submitted": "no"} if name == "reply" else automatic)


def test_the_confirmation_that_we_got_an_email_is_an_automatic_answer() -> None:
    services = FakeServices()
    notify_about(services, case_in(services, opened_key(receive(services, plain("x", "Dark.")))), 0)
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
    receive(services, plain("x", "?", To=TOKEN.decode()))
    write(services, command(services), Message("Here."))
    notify_about(services, case_in(services))
    assert services.mailer.sent[-1].subject == "一 Where is Bcc: x@example.org my lamp?"


@pytest.mark.parametrize("name", ["fang\r\nBcc: x@example.org", "fang\u2028wang", "fang\x85wang"])
def test_a_platforms_line_is_one_line_too(name: str) -> None:
    assert len(str(one_line(name)).splitlines()) == 1


@given(st.text(alphabet="a\r\n\t\x0b\x85\u2028 你", max_size=40))
@settings(max_examples=200)
def test_a_line_is_one_line_whatever_was_sent(text: str) -> None:
    from chalicelib.domain.cases.payloads import Escalate
    from chalicelib.domain.kernel.validation import folded

    assert folded(Escalate("x" + text).reason).splitlines() in ([folded("x" + text)], ["x" + text])
    assert len(folded(text).splitlines()) <= 1
