"""Which emails customers get about their returns and complaints, when, and from which templates."""

import re
from typing import Any

import pytest

from chalicelib.adapters.notifications.page_renderer import TEMPLATES, TemplateRenderer
from chalicelib.domain.aftersales.notices import OWN_NEXT_PHRASES, next_phrase
from chalicelib.domain.cases.payloads import Assignment
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.flow import start
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, TemplateIn
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.cases.handle_command import assign
from chalicelib.usecases.notifications.manage_templates import delete_template, put_template
from chalicelib.usecases.ports import MailDelayed, MailUnconfirmed
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import FakeServices
from tests.support.cases.case_work import command
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY, about, request


@pytest.fixture
def notifying(services: FakeServices) -> FakeServices:
    """Services with the real pages, whose relay notifies the customer at once."""
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    services.cases.relay = lambda queue, key, order: notify(services, key, order) if queue == "notices" else None
    return services


def ask(services: FakeServices, **changes: Any) -> None:
    services.hook("case.requested", request(**changes))


def move(services: FakeServices, name: str, **body: Any) -> None:
    services.time += 1000
    transition_flow(services, command(services), name, MoveIn(**body))


def subjects(services: FakeServices) -> list[str]:
    return [re.sub(r" \S+-\S+ ", " ", mail.subject) for mail in services.mailer.sent]


def test_each_step_that_changes_whose_turn_it_is_is_told_once_in_the_customers_language(
    notifying: FakeServices,
) -> None:
    ask(notifying)
    move(notifying, "approve")
    move(notifying, "ship", tracking="SF139", carrier="顺丰")
    notifying.hook("parcel.received", about(0.05))
    notifying.hook("parcel.received", about(0.05), "again")
    notifying.time += 1000
    move(notifying, "inspect", outcome="accepted")
    move(notifying, "refund")  # finance has it still
    move(notifying, "complete")
    names = [one.rpartition(" ")[2] for one in subjects(notifying)]
    assert names == ["已申请", "已同意", "寄回途中", "已签收", "验收通过", "已完成"]
    shipped = notifying.mailer.sent[2]
    assert "顺丰 SF139" in shipped.text
    assert re.search(r"https://api\.example\.com/p/\S+", shipped.text)
    assert "期限：2026-11-27 12:00" in notifying.mailer.sent[1].text


def test_a_claim_approved_by_rule_is_told_once_as_approved(notifying: FakeServices) -> None:
    rule = AutoApproval(name="any", kind="return")
    put_policy(notifying, "demo", Policy(after_sales=AfterSales(auto_approve=(rule,))))
    ask(notifying, order={"external_id": "O", "delivered_at": "2026-11-19T00:00:00Z"}, claim={"reason": "unwanted"})
    assert [one.rpartition(" ")[2] for one in subjects(notifying)] == ["已同意"]


def test_time_reminds_the_customer(notifying: FakeServices) -> None:
    ask(notifying, customer={"external_id": "ida", "email": "ida@example.net", "language": "de"})
    move(notifying, "approve")
    notifying.time += 5 * DAY_MS
    run_due_timers(notifying, KEY)
    assert "A reminder: it is your turn." in notifying.mailer.sent[-1].text
    assert "tracking number" in notifying.mailer.sent[-1].text


def test_questions_and_historical_cases_are_not_told(notifying: FakeServices) -> None:
    ask(notifying, type="question", external_id="a")
    ask(notifying, historical=True, external_id="b")
    assert notifying.mailer.sent == []


def test_a_rejection_says_why_and_html_is_escaped(notifying: FakeServices) -> None:
    ask(notifying)
    move(notifying, "reject", reason="<b>worn</b> & washed")
    assert "&lt;b&gt;worn&lt;/b&gt; &amp; washed" in notifying.mailer.sent[-1].html
    assert "<b>worn</b> & washed" in notifying.mailer.sent[-1].text


def test_a_mail_that_may_have_left_is_not_sent_again_and_one_that_did_not_is(notifying: FakeServices) -> None:
    notifying.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        ask(notifying)
    notifying.mailer.trouble = None
    order = notifying.cases.events(KEY)[0].order
    assert notify(notifying, KEY, order) == ["sent"]
    assert notify(notifying, KEY, order) == ["claimed before"]
    notifying.mailer.trouble = MailUnconfirmed("broke")
    move(notifying, "approve")
    notifying.mailer.trouble = None
    assert notify(notifying, KEY, notifying.cases.events(KEY)[-1].order) == ["claimed before"]
    assert len(notifying.mailer.sent) == 1


def test_a_shop_may_use_its_own_words_and_ours_again(notifying: FakeServices) -> None:
    own = TemplateIn(
        language="zh", subject="{{ shop }}\n{{ state }}", text="{% if until %}至 {{ until }}{% endif %} <{{ link }}>"
    )
    put_template(notifying, "demo", "flow", own)
    ask(notifying)
    move(notifying, "approve")
    mail = notifying.mailer.sent[-1]
    assert (mail.subject, mail.text[:19]) == ("Lantern & Loom 已同意", "至 2026-11-27 12:00 ")
    assert "&lt;https://" in mail.html
    delete_template(notifying, "demo", "flow", "zh")
    move(notifying, "withdraw")
    assert subjects(notifying)[-1].endswith("已撤回")


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("a\n{{ nobody }}", 2, "'nobody' is not known"),
        ("{{ link }\n", 1, "unexpected"),
        ("\n\n{% for x in name %}{% endfor %}", 3, "for is not allowed"),
        ("{{ link.__class__ }}", 1, "getattr is not allowed"),
        ("{{ link['x'] }}", 1, "getitem is not allowed"),
        ("{{ link() }}", 1, "call is not allowed"),
        ("{{ name|attr('x') }}", 1, "no filter 'attr'"),
        ("{% include 'survey.html' %}", 1, "include is not allowed"),
        ("{{ 9 ** 999999999 }}", 1, "pow is not allowed"),
        ("{{ name * 1000000000 }}", 1, "mul is not allowed"),
        ("{% set x = 1 %}", 1, "assign is not allowed"),
        ("{{ name|nofilter }}", 1, "nofilter"),
        ("{% if amount > 100 %}much{% endif %}", 1, "'gt' is not allowed"),
        ("{{ name|trim(1, 2, 3) }}", 1, "takes nothing"),
        ("{% if 5 in name %}{% endif %}", 1, "'in' is not allowed"),
        ("{% if name %}" * 120 + "{% endif %}" * 120, 1, "cannot be filled in"),
        ("(" * 3_000 + "{{ " + "(" * 3_000 + "name", 1, ""),
    ],
)
def test_words_that_cannot_work_are_refused_with_their_line_and_change_nothing(
    notifying: FakeServices, source: str, line: int, why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put_template(notifying, "demo", "flow", TemplateIn(language="zh", subject="x", text=source))
    ((path, message),) = refused.value.errors
    assert path == "text"
    assert message.startswith(f"line {line}: ")
    assert why in message
    assert notifying.shops.templates == {}


@pytest.mark.parametrize("name", TEMPLATE_VALUES)
def test_a_template_that_names_everything_it_may_is_filled(notifying: FakeServices, name: Any) -> None:
    every = " ".join(f"{{{{ {one} }}}}" for one in TEMPLATE_VALUES[name])
    template = put_template(notifying, "demo", name, TemplateIn(language="en", subject=every, text=every, html=every))
    subject, text, html = TemplateRenderer().filled(template, {one: f"<{one}>" for one in TEMPLATE_VALUES[name]})
    assert "<shop>" in subject
    assert "<shop>" in text
    assert "&lt;shop&gt;" in html


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", TABLES)
def test_every_state_of_every_flow_has_a_name_and_words_for_what_happens_next(kind: Any, language: str) -> None:
    from msgspec.structs import replace

    pages = TemplateRenderer()
    values = {"assignee": "Mei", "warranty": 90, "consumer_body": "12315"}
    for state in TABLES[kind].states:
        flow = replace(start(kind, 0, "other", ()), state=state)
        assert pages.text(f"state_{state}", language)
        assert pages.text(next_phrase(flow), language, **values)
        assert pages.text(f"turn_{flow.turn}", language)
    assert set(OWN_NEXT_PHRASES[kind]) <= set(TABLES[kind].states)


def test_both_languages_have_the_same_phrases() -> None:
    words = TemplateRenderer()._words
    assert words["zh"].keys() == words["en"].keys()
    assert len(list(TEMPLATES.glob("*.zh.json"))) == len(list(TEMPLATES.glob("*.en.json")))


def test_who_complains_is_told_who_looks_after_it_and_by_when(notifying: FakeServices) -> None:
    ask(notifying, type="complaint")
    notifying.time += 1000
    assign(notifying, command(notifying), Assignment(assignee="李梅"))
    move(notifying, "acknowledge")
    assert "您的投诉由 李梅 负责处理。" in notifying.mailer.sent[-1].text
    assert "期限：2026-11-21 12:00" in notifying.mailer.sent[-1].text
    move(notifying, "investigate")
    assert len(notifying.mailer.sent) == 2
    move(notifying, "propose", reason="补偿二十元", amount=MoneyIn("20.00", "CNY"))
    assert "金额：20.00 CNY" in notifying.mailer.sent[-1].text
