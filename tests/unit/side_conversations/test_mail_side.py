"""What an agent writes in a side conversation goes out once, from an address of its own; who is late is named once."""

import pytest

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases.payloads import Assignment
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.side_conversations.payloads import CloseSide, SideMessageIn
from chalicelib.usecases.cases.handle_command import assign
from chalicelib.usecases.notifications.signed_links import (
    read_reply_address,
    read_side_address,
    reply_address,
    side_address,
)
from chalicelib.usecases.ports.email import MailDelayed, MailRejected, MailUnconfirmed
from chalicelib.usecases.routing.manage_agents import put_agent, set_presence
from chalicelib.usecases.side_conversations import converse
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command, event_types
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import services_with_case
from tests.support.emails.sides import FACTORY, answer, mailed, notify_newest, side_in, started


def test_the_first_message_goes_out_once_and_names_an_address_of_its_own() -> None:
    services = services_with_case()
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    side = started(services)
    assert [notify_newest(services) for _ in range(2)] == [["sent"], ["claimed before"]]
    (mail,) = services.mailer.sent
    assert (mail.to, mail.sender, mail.subject) == (FACTORY, "care@example.com", f"开关 [{case_in(services).number}]")
    assert mail.text.startswith("Is the batch bad?")
    assert "王芳" not in mail.text + mail.html
    assert mail.headers["Auto-Submitted"] == "no"
    assert read_side_address(services, (mail.reply_to or "").upper()) == (KEY, key_of_id(side.id))
    assert len((mail.reply_to or "").partition("@")[0]) <= 64
    assert services.threads.cases(["mail-1"], only_ours=True) == [KEY + key_of_id(side.id)]


def test_addresses_of_cases_and_of_conversations_are_not_taken_for_each_other_nor_made_up() -> None:
    services = services_with_case()
    side = key_of_id(started(services).id)
    own, beside = reply_address(services, KEY) or "", side_address(services, KEY, side) or ""
    assert read_side_address(services, own) is None
    assert read_reply_address(services, beside) is None
    assert read_side_address(services, beside.replace(side.lower(), "0" * 16)) is None
    assert read_side_address(services, beside.replace("in.example.com", "evil.example")) is None
    assert read_side_address(services, f"s-@{services.inbound_domain}") is None
    services.inbound_domain = ""
    assert side_address(services, KEY, side) is None


def test_the_next_message_goes_into_the_thread_of_what_they_wrote() -> None:
    services = services_with_case()
    side = mailed(services)
    answer(services, "Which one?", name="f-1")
    converse.write(services, command(services), side.id, SideMessageIn("The white one."))
    assert notify_newest(services) == ["sent"]
    assert services.mailer.sent[-1].headers["In-Reply-To"] == "<f-1@client.example>"
    assert services.mailer.sent[-1].reply_to == services.mailer.sent[0].reply_to


@pytest.mark.parametrize(("trouble", "why"), [(MailRejected("no"), "rejected"), (MailUnconfirmed("?"), "unconfirmed")])
def test_a_message_that_did_not_leave_makes_it_our_turn(trouble: Exception, why: str) -> None:
    services = services_with_case()
    started(services)
    services.mailer.trouble = trouble
    order = services.cases.events(KEY)[-1].order
    assert notify(services, KEY, order) == [why]
    assert notify(services, KEY, order) == ["claimed before"]
    side = side_in(services)
    assert (side.failed, side.waiting_for, side.due_at) == (why, "us", None)
    assert event_types(services).count("side_mail_failed") == 1


def test_a_message_that_may_leave_later_is_tried_later() -> None:
    services = services_with_case()
    started(services)
    services.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        notify_newest(services)
    services.mailer.trouble = None
    assert notify_newest(services) == ["sent"]


def overdue(services: FakeServices) -> list[str]:
    """Time passes until the answer is due; what the reminder led to."""
    services.time = side_in(services).due_at or 0
    outcomes = [
        notify(services, KEY, event.order)
        for event in run_due_timers(services, KEY)
        if event.type == "side_conversation_overdue"
    ]
    return [outcome for each in outcomes for outcome in each]


def with_assignee(assignee: str) -> FakeServices:
    services = services_with_case()
    assign(services, command(services), Assignment(assignee=assignee))
    return services


def test_the_assignee_is_reminded_once_when_no_answer_came_in_time() -> None:
    services = services_with_case()
    put_agent(services, "demo", "mei", AgentIn(name="Mei", email="mei@example.com"))
    set_presence(services, "demo", "mei", "here")
    assign(services, command(services), Assignment(assignee="mei"))
    started(services, due_seconds=30)
    services.time += 29_000
    run_due_timers(services, KEY)
    assert side_in(services).overdue_at is None
    assert overdue(services) == ["sent"]
    assert overdue(services) == []
    assert [mail.to for mail in services.mailer.sent] == ["mei@example.com"]
    assert services.mailer.sent[-1].headers["Auto-Submitted"] == "auto-generated"
    assert side_in(services).overdue_at == services.time
    assert side_in(services).awaits_answer


@pytest.mark.parametrize(("assignee", "to"), [("lee@example.com", "lee@example.com"), ("lee", "care@example.com")])
def test_where_the_reminder_goes_when_the_assignee_is_no_agent_with_an_address(assignee: str, to: str) -> None:
    services = with_assignee(assignee)
    started(services, due_seconds=30)
    assert overdue(services) == ["sent"]
    assert services.mailer.sent[-1].to == to


@pytest.mark.parametrize("ends", ["closed", "answered", "case done"])
def test_nobody_is_reminded_of_what_is_over(ends: str) -> None:
    services = services_with_case()
    side = mailed(services, due_seconds=30)
    due_at = side.due_at or 0
    if ends == "closed":
        converse.close(services, command(services), side.id, CloseSide())
    elif ends == "answered":
        answer(services)
    else:
        services.hook("case.resolved", {"case_external_id": "web-1"})
    services.time = due_at + 1
    run_due_timers(services, KEY)
    assert "side_conversation_overdue" not in event_types(services)


def test_reminders_and_messages_are_written_in_both_languages_and_name_nobody() -> None:
    pages = TemplateRenderer()
    given = {"shop": "L & L", "number": "7KQ-4XP", "message": "<b>", "subject": "S", "name": ""}
    late = given | {
        "kind": pages.text("side_carrier", "zh"),
        "link": "https://api.example.com/desk/demo/cases/C",
        "due_at": "…",
        "assignee": "mei",
    }
    for language, word in (("zh", "服务单"), ("en", "Answer was due")):
        assert word in pages.render("side_reminder_mail.txt", language, **late)
        assert word in pages.render("side_reminder_mail.html", language, **late)
        assert "&lt;b&gt;" in pages.render("side_mail.html", language, **given)
        assert "7KQ-4XP" in pages.render("side_mail.txt", language, **given)
