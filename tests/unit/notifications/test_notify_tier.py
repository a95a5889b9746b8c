"""A tier is notified once, where the policy says so."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import PROPOSAL_REFUSED, STILL_UNANSWERED, CaseEscalated
from chalicelib.domain.flows.tasks import LATE
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.notifications.notify_tier import notify_tier
from chalicelib.usecases.ports.email import MailDelayed
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import command
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY


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
    handle_command.escalate(opened, command(opened), payloads.Escalate(reason="angry"))
    assert notify(opened, KEY, opened.cases.events(KEY)[-1].order) == ["sent", "sent"]


def test_a_notice_that_could_not_leave_is_tried_again(opened: FakeServices) -> None:
    opened.time = NOON + MINUTE_MS
    order = run_due_timers(opened, KEY)[-1].order
    opened.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        notify(opened, KEY, order)
    opened.mailer.trouble = None
    assert notify(opened, KEY, order) == ["sent"]


REASONS = [
    ({"reason": "first_reply not kept", "clock": "first_reply"}, "首次回复超时", "no first reply in time"),
    ({"reason": STILL_UNANSWERED, "clock": "first_reply"}, "仍无人回复", "still unanswered"),
    ({"reason": PROPOSAL_REFUSED}, "客户没有接受方案", "the customer refused what was proposed"),
    ({"reason": "repair: received, and …", "state": "received"}, "流程逾期无人处理", "nobody took the next step"),
    ({"reason": LATE.format(department="finance")}, "财务部门的任务逾期", "a task of finance was not done in time"),
    ({"reason": "Kunde ruft ständig an"}, "Kunde ruft ständig an", "Kunde ruft ständig an"),
]


@pytest.mark.parametrize(("fields", "chinese", "english"), REASONS)
def test_a_notice_says_in_the_shops_language_why_a_case_was_escalated_and_links_to_it(
    opened: FakeServices, fields: dict[str, Any], chinese: str, english: str
) -> None:
    opened.pages = TemplateRenderer()  # type: ignore[assignment]
    case = opened.cases.load(KEY).case
    assert case is not None
    fact = CaseEscalated(from_tier=0, to_tier=1, **fields)
    for locale, reason in (("zh-CN", chinese), ("en", english)):
        opened.shops.save(replace(SHOP, locale=locale))
        event = Event(id=new_id(NOON, key_of(locale)), at=NOON, by=SYSTEM, fact=fact)
        assert notify_tier(opened, case, event, fact) == ["sent"]
        mail = opened.mailer.sent[-1]
        assert reason in mail.subject
        assert all(text in mail.text for text in (reason, f"/desk/demo/cases/{case.id}"))
        assert f'href="{opened.api_url}/desk/demo/cases/{case.id}"' in mail.html
