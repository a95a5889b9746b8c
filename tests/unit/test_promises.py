"""Alarms, surveys, notices and staff's work, on a desk in memory."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases import commands
from chalicelib.domain.kernel.errors import Conflict, Expired, Invalid, NotFound, Stale
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.sla.policies import Policy, Rule
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.notifications.notify import notify
from chalicelib.usecases.ports import AlreadyAnswered, IdempotencyRecord, MailDelayed, MailRejected, MailUnconfirmed
from chalicelib.usecases.surveys.answer_survey import answer_survey, unsubscribe, view_survey
from chalicelib.usecases.surveys.follow_up import follow_up
from chalicelib.usecases.surveys.send_survey import RESERVATION_SECONDS, SurveyPending, send_survey
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, SHOP, FakeServices
from tests.unit.desk_work import MEI, case_in, command
from tests.unit.test_hooks import KEY, request


def say(services: FakeServices, text: str = "好的", **more: Any) -> None:
    write_reply.write(services, command(services, **more), commands.Message(body=text))


def move(services: FakeServices, status: Any) -> None:
    handle_command.set_status(services, command(services), commands.StatusChange(status=status))


def types(services: FakeServices) -> list[str]:
    return [event.type for event in services.cases.events(KEY)]


@pytest.fixture
def opened(services: FakeServices) -> FakeServices:
    services.shops.policies["demo", 2] = Policy(version=2, clocks=(Rule(clock="first_reply", target_seconds=60),))
    services.shops.save(replace(SHOP, policy_version=2))
    services.hook("case.requested", request())
    return services


def test_a_breach_is_written_once_however_often_the_alarm_rings(opened: FakeServices) -> None:
    opened.time = NOON + MINUTE_MS
    for _ in range(3):
        run_due_timers(opened, KEY)
    assert types(opened) == ["case_opened", "clock_breached", "case_escalated"]
    assert case_in(opened).tier == 1


def test_two_workers_ringing_at_once_write_one_breach(opened: FakeServices) -> None:
    opened.time = NOON + MINUTE_MS
    opened.cases.races = 2
    run_due_timers(opened, KEY)
    assert types(opened).count("clock_breached") == 1


def test_an_alarm_that_rings_too_early_does_nothing_and_sets_the_next(opened: FakeServices) -> None:
    opened.time = NOON + 59_000
    opened.cases.timers.clear()
    opened.cases.headers[KEY] = replace(opened.cases.load(KEY), armed=opened.time)
    assert run_due_timers(opened, KEY) == []
    assert [timer.at for _, timer in opened.cases.timers] == [NOON + MINUTE_MS]


def test_a_reply_before_the_alarm_makes_it_stale(opened: FakeServices) -> None:
    say(opened)
    opened.time = NOON + MINUTE_MS
    assert run_due_timers(opened, KEY) == []
    assert case_in(opened).tier == 0


def test_a_running_case_keeps_the_policy_it_was_opened_under(opened: FakeServices) -> None:
    opened.shops.add_policy("demo", Policy(clocks=(Rule(clock="first_reply", target_seconds=5),)))
    opened.time = NOON + 30_000
    assert run_due_timers(opened, KEY) == []


def test_the_next_alarm_is_never_later_than_what_is_due_next(opened: FakeServices) -> None:
    """Whatever happens to a case, something will ring in time for it."""
    from chalicelib.domain.timers.due_timers import next_timer

    for step in (say, lambda d: move(d, "waiting_customer"), lambda d: move(d, "open"), lambda d: move(d, "resolved")):
        opened.time += 1_000
        step(opened)
        stored = opened.cases.load(KEY)
        timer = next_timer(case_in(opened), opened.shops.policies["demo", 2])
        assert timer is None or (stored.armed is not None and stored.armed <= timer.at)


def test_two_agents_at_once_lose_no_event_and_a_stale_one_is_told(opened: FakeServices) -> None:
    opened.cases.races = 3
    say(opened, "first")
    say(opened, "second")
    assert case_in(opened).replies == 2
    with pytest.raises(Stale):
        say(opened, "third", expected=1)
    say(opened, "fourth", expected=opened.cases.load(KEY).version)


def test_an_idempotency_key_carries_a_request_out_once(opened: FakeServices) -> None:
    idempotency = IdempotencyRecord("key", "digest")
    say(opened, idempotency=idempotency)
    with pytest.raises(AlreadyAnswered) as known:
        say(opened, idempotency=idempotency)
    assert known.value.idempotency.version == 2
    assert case_in(opened).replies == 1


def test_staff_move_cases_only_where_they_may_go(opened: FakeServices) -> None:
    with pytest.raises(Conflict, match="cannot become closed"):
        move(opened, "closed")
    move(opened, "resolved")
    move(opened, "resolved")
    move(opened, "closed")
    with pytest.raises(Conflict):
        move(opened, "open")
    assert types(opened) == ["case_opened", "case_resolved", "case_closed"]


def test_escalating_by_hand_ends_at_the_top(opened: FakeServices) -> None:
    for _ in range(3):
        handle_command.escalate(opened, command(opened), commands.Escalate(reason="angry"))
    with pytest.raises(Conflict):
        handle_command.escalate(opened, command(opened), commands.Escalate(reason="angrier"))


def test_assigning_needs_somebody(opened: FakeServices) -> None:
    with pytest.raises(Invalid):
        handle_command.assign(opened, command(opened), commands.Assignment())
    handle_command.assign(opened, command(opened), commands.Assignment(assignee="mei", team="returns"))
    assert (case_in(opened).assignee, case_in(opened).team) == ("mei", "returns")


def test_deeds_on_a_case_that_is_not_there_find_nothing(services: FakeServices) -> None:
    with pytest.raises(NotFound):
        write_reply.write(
            services, handle_command.Command(case="x" * 26, shop=SHOP.id, by=MEI), commands.Message(body="?")
        )


@pytest.fixture
def resolved(opened: FakeServices) -> FakeServices:
    say(opened)
    move(opened, "resolved")
    opened.time = NOON + DAY_MS
    return opened


def test_a_survey_is_mailed_once_in_the_customers_language(resolved: FakeServices) -> None:
    for _ in range(3):
        send_survey(resolved, KEY)
    assert [mail.to for mail in resolved.mailer.sent] == ["fang@example.net"]
    assert resolved.mailer.sent[0].text.startswith("survey_mail.txt zh-CN https://api.example.com/s/")
    assert resolved.mailer.sent[0].headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert types(resolved).count("survey_sent") == 1


def test_a_survey_is_not_sent_before_its_time(resolved: FakeServices) -> None:
    resolved.time = NOON + DAY_MS - 1
    assert send_survey(resolved, KEY) is None
    assert resolved.mailer.sent == []


def test_a_refused_mail_is_written_down_and_the_budget_given_back(resolved: FakeServices) -> None:
    resolved.mailer.trouble = MailRejected("no")
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "mail_rejected"
    assert resolved.customers.kept[key_of_id(case_in(resolved).customer)].surveyed_at is None


def test_a_delayed_mail_is_tried_again(resolved: FakeServices) -> None:
    resolved.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        send_survey(resolved, KEY)
    resolved.mailer.trouble = None
    assert isinstance(send_survey(resolved, KEY), survey_facts.SurveySent)
    assert len(resolved.mailer.sent) == 1


def test_a_mail_that_may_have_left_is_never_sent_again(resolved: FakeServices) -> None:
    resolved.mailer.trouble = MailUnconfirmed("timeout")
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "send_unconfirmed"


def test_a_worker_that_died_while_sending_leaves_a_claim_that_is_settled_later(resolved: FakeServices) -> None:
    resolved.mailer.trouble = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        send_survey(resolved, KEY)
    resolved.mailer.trouble = None
    with pytest.raises(SurveyPending):
        send_survey(resolved, KEY)
    resolved.time += RESERVATION_SECONDS * 1000
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "send_unconfirmed"
    assert resolved.mailer.sent == []


def test_the_contact_budget_is_the_customers_not_the_cases(resolved: FakeServices) -> None:
    send_survey(resolved, KEY)
    resolved.time = NOON + DAY_MS
    resolved.hook("case.requested", request(external_id="web-2"))
    from chalicelib.usecases.cases.open_case import case_key

    other = case_key("demo", "web-2")
    resolved.hook("case.closed", {"case_external_id": "web-2"})
    fact = send_survey(resolved, other)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "budget_spent"


def token(services: FakeServices) -> str:
    send_survey(services, KEY)
    return services.mailer.sent[0].text.rpartition("/s/")[2]


def test_looking_records_nothing_and_an_answer_counts_once(resolved: FakeServices) -> None:
    link = token(resolved)
    before = resolved.cases.load(KEY)
    assert not view_survey(resolved, link).answered
    assert resolved.cases.load(KEY) == before
    answer_survey(resolved, link, SurveyAnswered(csat=5, comment="快"))
    assert view_survey(resolved, link).answered
    with pytest.raises(Conflict):
        answer_survey(resolved, link, SurveyAnswered(csat=1))
    assert [one.csat for one in case_in(resolved).satisfaction.answers] == [5]


def test_two_answers_at_once_are_one(resolved: FakeServices) -> None:
    link = token(resolved)
    resolved.cases.races = 2
    answer_survey(resolved, link, SurveyAnswered(nps=9))
    assert len(case_in(resolved).satisfaction.answers) == 1


@pytest.mark.parametrize("wrong", [SurveyAnswered(), SurveyAnswered(comment="x" * 2001)])
def test_an_empty_answer_and_an_endless_comment_are_refused(resolved: FakeServices, wrong: SurveyAnswered) -> None:
    with pytest.raises(Invalid):
        answer_survey(resolved, token(resolved), wrong)


def test_a_link_that_was_changed_is_unknown_and_an_old_one_is_over(resolved: FakeServices) -> None:
    link = token(resolved)
    for changed in (link[:-1], "x" + link, "", "a.b", link.replace(".", "..")):
        with pytest.raises(NotFound):
            view_survey(resolved, changed)
    resolved.time += 15 * DAY_MS
    with pytest.raises(Expired):
        answer_survey(resolved, link, SurveyAnswered(csat=5))


def test_unsubscribing_ends_surveys(resolved: FakeServices) -> None:
    from chalicelib.usecases.notifications.signed_links import unsubscribe_link

    link = unsubscribe_link(resolved, SHOP, key_of_id(case_in(resolved).customer)).rpartition("/u/")[2]
    unsubscribe(resolved, link)
    unsubscribe(resolved, link)
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "consent_withdrawn"


def test_an_unhappy_answer_opens_one_follow_up_at_tier_two(resolved: FakeServices) -> None:
    answer_survey(resolved, token(resolved), SurveyAnswered(csat=1, comment="…"))
    key = key_of_id(resolved.cases.events(KEY)[-1].id)
    opened, _ = (follow_up(resolved, KEY, key) for _ in range(2))
    assert opened is not None
    case = opened.case
    assert case is not None
    assert (case.type, case.priority, case.tier, case.links) == ("complaint", "high", 2, (case_in(resolved).id,))
    clock = case.clock("first_reply")
    assert clock is not None
    assert clock.due_at == resolved.time + HOUR_MS
    assert len(resolved.cases.headers) == 2


def test_a_happy_answer_opens_nothing(resolved: FakeServices) -> None:
    answer_survey(resolved, token(resolved), SurveyAnswered(csat=4))
    assert follow_up(resolved, KEY, key_of_id(resolved.cases.events(KEY)[-1].id)) is None


def test_a_tier_is_told_once_where_the_policy_says(opened: FakeServices) -> None:
    from chalicelib.domain.sla.policies import Escalation

    opened.time = NOON + MINUTE_MS
    written = run_due_timers(opened, KEY)
    order = written[-1].order
    assert [notify(opened, KEY, order) for _ in range(2)] == [["sent"], ["claimed before"]]
    assert opened.mailer.sent[0].to == SHOP.mail_from
    two = ("lead@example.com", "desk@example.com")
    policy = replace(opened.shops.policies["demo", 2], escalation=Escalation(notify={"2": two}))
    opened.shops.policies["demo", 2] = policy
    opened.time += 1
    handle_command.escalate(opened, command(opened), commands.Escalate(reason="angry"))
    assert notify(opened, KEY, opened.cases.events(KEY)[-1].order) == ["sent", "sent"]


def test_a_notice_that_could_not_leave_is_tried_again(opened: FakeServices) -> None:
    opened.time = NOON + MINUTE_MS
    order = run_due_timers(opened, KEY)[-1].order
    opened.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        notify(opened, KEY, order)
    opened.mailer.trouble = None
    assert notify(opened, KEY, order) == ["sent"]
