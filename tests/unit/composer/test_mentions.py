"""Colleagues who are mentioned in a note are told once, and find it in their list until they have read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.composer.mentions import mentioned_in
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.composer.mentions import mark_case_read, mark_read, unread_mentions
from chalicelib.usecases.composer.write_message import write_message, write_note
from chalicelib.usecases.ports.email import MailDelayed
from chalicelib.usecases.routing.manage_agents import put_agent, remove_agent
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI, case_in, command
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY

COLLEAGUES = ("mei", "lee", "wu.li@example.com", "li")


@pytest.mark.parametrize(
    ("text", "names", "unknown"),
    [
        ("@lee, please look", ("lee",), ()),
        ("请 @lee，看一下", ("lee",), ()),
        ("请@lee看一下", ("lee",), ()),
        ("ask @wu.li@example.com.", ("wu.li@example.com",), ()),
        ("@LEE @lee @Lee", ("lee",), ()),
        ("(@mei/@li)", ("mei",), ()),
        ("write to fang@lee or fang@example.net", (), ()),
        ("@leee @nobody.", (), ("leee", "nobody")),
        ("a lone @ and @@lee", (), ()),
        ("@li-", ("li",), ()),
    ],
)
def test_who_is_mentioned_in_a_text(text: str, names: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert mentioned_in(text, COLLEAGUES) == (names, unknown)


@given(st.text(), st.sampled_from(COLLEAGUES))
def test_no_text_breaks_it_and_whoever_is_named_is_a_colleague(text: str, name: str) -> None:
    assert set(mentioned_in(text, COLLEAGUES).colleagues) <= set(COLLEAGUES)
    assert name in mentioned_in(f"{text} @{name} ", COLLEAGUES).colleagues


@pytest.fixture
def team(opened: FakeServices) -> FakeServices:
    opened.pages = TemplateRenderer()  # type: ignore[assignment]
    put_agent(opened, "demo", "lee", AgentIn(name="Lee", email="lee@example.com"))
    put_agent(opened, "demo", "mei", AgentIn(name="Mei"))
    return opened


def note(services: FakeServices, body: str, **more: object) -> list[str]:
    """Mei writes a note; what the notices worker does about it."""
    write_note(services, command(services), Message(body=body, **more))  # type: ignore[arg-type]
    event = services.cases.events(KEY)[-1]
    return notify(services, KEY, event.order)


def test_a_mentioned_colleague_gets_one_email_without_the_words_of_the_note(team: FakeServices) -> None:
    assert note(team, "@lee the customer Fang is furious") == ["sent"]
    (mail,) = team.mailer.sent
    assert mail.to == "lee@example.com"
    assert case_in(team).number in mail.subject
    assert "furious" not in f"{mail.subject}{mail.text}{mail.html}"
    assert f"/desk/demo/cases/{case_in(team).id}" in mail.text
    assert "mei 在服务单" in mail.text
    assert notify(team, KEY, team.cases.events(KEY)[-1].order) == ["claimed before"]
    assert len(unread_mentions(team, "demo", "lee", 10, None).items) == 1


def test_a_mention_that_was_read_does_not_come_back_with_its_message(team: FakeServices) -> None:
    note(team, "@lee look")
    (mention,) = unread_mentions(team, "demo", "lee", 10, None).items
    assert (mention.case, mention.by) == (case_in(team).id, "mei")
    mark_read(team, "demo", "lee", [mention.id, "unknown"])
    notify(team, KEY, team.cases.events(KEY)[-1].order)
    assert unread_mentions(team, "demo", "lee", 10, None).items == []


def test_opening_a_case_reads_the_mentions_on_it(team: FakeServices) -> None:
    for _ in range(3):
        team.time += 1
        note(team, "@lee look")
    assert mark_case_read(team, "demo", "lee", "another") == 0
    assert mark_case_read(team, "demo", "lee", case_in(team).id) == 3
    assert unread_mentions(team, "demo", "lee", 10, None).items == []


def test_an_email_that_could_not_leave_is_tried_again_and_the_list_has_it_once(team: FakeServices) -> None:
    team.mailer.trouble = MailDelayed()
    with pytest.raises(MailDelayed):
        note(team, "@lee look")
    team.mailer.trouble = None
    assert notify(team, KEY, team.cases.events(KEY)[-1].order) == ["sent"]
    assert len(unread_mentions(team, "demo", "lee", 10, None).items) == 1


def test_who_has_no_address_finds_it_in_their_list_and_nobody_is_notified_of_themselves(team: FakeServices) -> None:
    put_agent(team, "demo", "wu", AgentIn())
    assert note(team, "@wu @mei look") == ["no address"]
    assert len(unread_mentions(team, "demo", "wu", 10, None).items) == 1
    assert unread_mentions(team, "demo", MEI.id or "", 10, None).items == []


def test_a_name_that_is_nobodys_is_refused_with_the_names_there_are(team: FakeServices) -> None:
    with pytest.raises(Invalid, match=r"@leee.*lee, mei"):
        note(team, "@leee look")
    with pytest.raises(Invalid, match="@nobody"):
        note(team, "look", mentions=("nobody",))
    with pytest.raises(Invalid, match="are for notes"):
        write_message(team, command(team), Message(body="@lee", mentions=("lee",)))
    assert note(team, "their account is @fang_shop", mentions=()) == ["nothing to tell"]


def test_notes_of_the_api_leave_other_names_as_text(team: FakeServices) -> None:
    write_message(team, command(team), Message(body="@lee, it is @fang_shop on the network", public=False))
    fact = team.cases.events(KEY)[-1].fact
    assert isinstance(fact, NoteAdded)
    assert fact.mentions == ("lee",)


def test_who_left_the_shop_meanwhile_is_not_told(team: FakeServices) -> None:
    write_note(team, command(team), Message(body="@lee look"))
    remove_agent(team, "demo", "lee", MEI)
    assert notify(team, KEY, team.cases.events(KEY)[-1].order) == ["not here"]


def test_a_note_that_was_written_takes_its_draft_away(team: FakeServices) -> None:
    from chalicelib.domain.composer.drafts import DraftIn
    from chalicelib.usecases.composer.save_draft import save_draft

    draft, _ = save_draft(team, case_in(team), "mei", "note", DraftIn(body="look"))
    assert draft is not None
    write_note(team, command(team), Message(body="look"), draft=draft.counter)
    assert team.drafts.stored == {}
