"""A tier is notified once, where the policy says so."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases import payloads
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.ports import MailDelayed
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
