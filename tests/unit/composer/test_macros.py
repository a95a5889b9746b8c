"""Macros: their text in the customer's language, their effects in words, and applying them."""

from typing import Any

import pytest
from msgspec import convert

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases.payloads import StatusChange
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.composer.macros import MacroIn
from chalicelib.domain.composer.placeholders import PLACEHOLDERS, unfilled
from chalicelib.domain.flows.payloads import TaskIn
from chalicelib.domain.kernel.errors import Invalid, NotFound, Stale
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.aftersales import handle_tasks
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.composer.macros.apply_macro import apply_macro
from chalicelib.usecases.composer.macros.manage_macros import (
    delete_macro,
    list_macros,
    macro_versions,
    put_macro,
    read_macro,
)
from chalicelib.usecases.composer.macros.preview_macro import Preview, preview_macro
from chalicelib.usecases.ports.cases import IdempotencyRecord
from chalicelib.usecases.routing.manage_agents import put_agent, set_presence
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, change_status, command, event_types
from tests.support.cases.webhooks import KEY, request
from tests.support.composer.writing import mailed_case, replies

HELLO = {
    "zh": "{{ customer.name }}，您好：订单 {{ order.number }}。",
    "en": "Hello {{ customer.name }}: {{ order.number }}.",
}


def macro_in(**fields: Any) -> MacroIn:
    return convert({"name": {"zh": "问候", "en": "Greeting"}, "text": HELLO} | fields, MacroIn)


def save(services: FakeServices, name: str = "hello", **fields: Any) -> None:
    put_macro(services, "demo", name, macro_in(**fields), "lin")


@pytest.fixture
def real(services: FakeServices) -> FakeServices:
    """A case about an order, with the real words."""
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    services.hook("case.requested", request(order={"external_id": "O-1"}))
    put_agent(services, "demo", "mei", AgentIn(name="Mei Lin"))
    set_presence(services, "demo", "mei", "here")
    return services


def preview(services: FakeServices, *names: str, by: str = "mei") -> Preview:
    return preview_macro(services, services.cases.load(KEY), names or ("hello",), by)


def test_a_text_is_filled_in_the_customers_language(real: FakeServices) -> None:
    save(real)
    shown = preview(real)
    assert (shown.text, shown.language, shown.missing) == ("王芳，您好：订单 O-1。", "zh", ())
    assert unfilled(shown.text) == []


def test_a_macro_in_one_language_says_that_it_is_not_the_customers(real: FakeServices) -> None:
    save(real, text={"en": "Hello {{ customer.name }}"})
    assert (preview(real).text, preview(real).other_language) == ("Hello 王芳", ("hello",))


def test_what_is_not_known_is_a_gap_that_no_reply_leaves_with(real: FakeServices) -> None:
    save(real, text={"zh": "运单 {{ parcel.tracking }}{% if parcel.carrier %}（{{ parcel.carrier }}）{% endif %}"})
    shown = preview(real)
    assert (shown.text, shown.missing) == ("运单 ⟦缺少运单号⟧", ("parcel.tracking",))
    assert unfilled(shown.text) == ["⟦缺少运单号⟧"]
    save(real, "default", text={"zh": "{{ parcel.tracking | default('稍后告知') }}"})
    assert (preview(real, "default").text, preview(real, "default").missing) == ("稍后告知", ())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_placeholder_has_a_gap_in_both_languages(language: str) -> None:
    source = " ".join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS)
    filled = TemplateRenderer().fill(source, dict.fromkeys(PLACEHOLDERS), language)
    assert filled.missing == list(PLACEHOLDERS)
    assert len(unfilled(filled.text)) == len(PLACEHOLDERS)


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer }}",
        "{{ customer.email }}",
        "{{ customer.name.__class__ }}",
        "{{ customer['name'] }}",
        "{{ customer.__init__.__globals__ }}",
        "{{ self }}",
        "{% for x in customer %}{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{% if customer.name",
        "{{ lipsum() }}",
        "{{ shop.name ~ agent.name }}",
        "{{ range(999999999) }}",
        "{% set x = 1 %}",
        "{{ cycler }}",
    ],
)
def test_a_hostile_or_broken_text_is_refused_when_it_is_saved(real: FakeServices, source: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(real, text={"zh": "好", "en": source})
    ((path, message),) = refused.value.errors
    assert path == "text.en"
    assert message.startswith("line 1: ")
    assert real.macros.stored == {}


def test_what_a_customer_calls_themselves_is_never_read_as_a_template(services: FakeServices) -> None:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    name = "{{ shop.name }} {% if 1 %}<b>"
    services.hook("case.requested", request(customer={"external_id": "fang", "name": name, "language": "zh"}))
    save(services, text={"zh": "{{ customer.name }}"})
    assert preview(services).text == name


def test_macros_stand_below_each_other_and_their_effects_follow_each_other(real: FakeServices) -> None:
    save(real, actions={"assign": {"assignee": "@me"}, "status": "resolved"})
    save(
        real,
        "bye",
        text={"zh": "再见"},
        note={"zh": "顾客 {{ customer.name }}"},
        actions={"status": "waiting_internal"},
    )
    shown = preview(real, "hello", "bye")
    assert shown.text == "王芳，您好：订单 O-1。\n\n再见"
    assert [(effect.macro, effect.kind, effect.refused_en) for effect in shown.effects] == [
        ("hello", "assign", None),
        ("hello", "status", None),
        ("bye", "note", None),
        ("bye", "status", "A case that is “resolved” cannot become “waiting internally”."),
    ]
    assert [effect.zh for effect in shown.effects] == [
        "分配给 mei",
        "状态改为：已解决",
        "添加内部备注：顾客 王芳",
        "状态改为：等待内部",
    ]
    assert shown.effects[3].refused_zh == "“已解决”的服务单不能改为“等待内部”。"
    assert event_types(real) == ["case_opened"]


def test_applied_macros_do_what_was_shown_and_say_what_was_refused(real: FakeServices) -> None:
    save(real, actions={"assign": {"assignee": "@me", "team": "returns"}, "status": "resolved"}, note={"zh": "备注"})
    save(real, "bye", text={"zh": "再见"}, actions={"status": "waiting_internal"})
    applied = apply_macro(real, command(real), ["hello", "bye"])
    assert [(effect.kind, effect.done) for effect in applied.effects] == [
        ("note", True),
        ("assign", True),
        ("status", True),
        ("status", False),
    ]
    assert applied.effects[3].refused_zh == "“已解决”的服务单不能改为“等待内部”。"
    assert (case_in(real).assignee, case_in(real).team, case_in(real).status) == ("mei", "returns", "resolved")
    assert applied.text.endswith("再见")
    assert applied.reply is None
    assert event_types(real) == ["case_opened", "note_added", "case_assigned", "case_resolved"]


def test_a_request_that_is_repeated_applies_nothing_twice(real: FakeServices) -> None:
    save(real, note={"zh": "备注"}, actions={"status": "waiting_internal"})
    once = IdempotencyRecord("key", "digest")
    first, again = (apply_macro(real, command(real, idempotency=once), ["hello"]) for _ in range(2))
    assert [effect.done for effect in again.effects] == [effect.done for effect in first.effects] == [True, True]
    assert event_types(real) == ["case_opened", "note_added", "status_changed"]


def test_why_an_effect_is_refused_is_said_before_it_is_tried(real: FakeServices) -> None:
    save(real, actions={"assign": {"assignee": "mei"}, "status": "resolved"})
    set_presence(real, "demo", "mei", "away")
    handle_tasks.open_task(real, command(real), TaskIn(department="finance", title="refund"))
    away, tasks = preview(real).effects
    assert (away.refused_zh, away.refused_en) == ("mei 不在岗。", "mei is away.")
    assert tasks.refused_zh is not None
    assert "财务" in tasks.refused_zh
    applied = apply_macro(real, command(real), ["hello"])
    assert [effect.done for effect in applied.effects] == [False, False]


def test_a_note_with_a_gap_is_not_written(real: FakeServices) -> None:
    save(real, note={"zh": "运单 {{ parcel.tracking }}"})
    assert preview(real).effects[0].refused_zh == "备注里有未知的内容：⟦缺少运单号⟧。"
    assert apply_macro(real, command(real), ["hello"]).effects[0].done is False
    assert event_types(real) == ["case_opened"]


def test_a_macro_that_sends_its_text_sets_the_status_with_the_reply(real: FakeServices) -> None:
    save(real, actions={"status": "waiting_customer"})
    applied = apply_macro(real, command(real), ["hello"], reply=True)
    assert applied.reply is not None
    assert replies(real, case_in(real)) == ["王芳，您好：订单 O-1。"]
    assert case_in(real).status == "waiting_customer"
    save(real, "quiet", text={}, actions={"status": "resolved"})
    applied = apply_macro(real, command(real), ["quiet"], reply=True)
    assert applied.refused == "These macros have no text for the customer."
    assert case_in(real).status == "resolved"


def test_a_macros_reply_by_email_can_be_undone_too() -> None:
    services = FakeServices()
    case = mailed_case(services)
    save(services, text={"zh": "您好", "en": "Hello"})
    applied = apply_macro(services, command(services, key=case.id[-16:]), ["hello"], reply=True)
    assert applied.reply is not None
    assert applied.reply.pending is not None
    assert replies(services, case) == []


def test_a_reply_with_a_gap_is_refused_and_the_other_effects_stay(real: FakeServices) -> None:
    save(real, text={"zh": "{{ parcel.tracking }}"}, actions={"assign": {"team": "returns"}})
    applied = apply_macro(real, command(real), ["hello"], reply=True)
    assert applied.reply is None
    assert "not filled in" in str(applied.refused)
    assert case_in(real).team == "returns"


def test_each_change_is_a_version_with_who_made_it(services: FakeServices) -> None:
    save(services)
    services.time += 5
    put_macro(services, "demo", "hello", macro_in(archived=True), "wu", expected=1)
    with pytest.raises(Stale):
        put_macro(services, "demo", "hello", macro_in(), "wu", expected=1)
    assert list_macros(services, "demo") == []
    assert [macro.id for macro in list_macros(services, "demo", archived=True)] == ["hello"]
    delete_macro(services, "demo", "hello", "lin")
    with pytest.raises(NotFound):
        read_macro(services, "demo", "hello")
    with pytest.raises(NotFound):
        delete_macro(services, "demo", "hello", "lin")
    save(services)
    versions = macro_versions(services, "demo", "hello", 10, None).items
    assert [(macro.version, macro.by, macro.deleted) for macro in versions] == [
        (4, "lin", False),
        (3, "lin", True),
        (2, "wu", False),
        (1, "lin", False),
    ]
    with pytest.raises(NotFound):
        macro_versions(services, "demo", "never", 10, None)


@pytest.mark.parametrize(
    ("name", "fields", "path"),
    [
        ("a b", {}, "macro"),
        ("ok", {"actions": {"assign": {}}}, "actions.assign"),
        ("ok", {"actions": {"snooze": {}}}, "actions.snooze"),
        ("ok", {"files": ["0" * 26]}, "files[0]"),
    ],
)
def test_a_macro_that_cannot_work_is_refused_with_its_place(
    services: FakeServices, name: str, fields: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save(services, name, **fields)
    assert refused.value.errors[0][0] == path


def test_archived_and_unknown_macros_and_other_shops_are_not_applied(real: FakeServices) -> None:
    save(real, "old", archived=True)
    put_macro(real, "demo", "gone", macro_in(), "lin")
    delete_macro(real, "demo", "gone", "lin")
    for name in ("old", "gone", "never"):
        with pytest.raises(Invalid, match="no macro"):
            preview(real, name)
    with pytest.raises(NotFound):
        put_macro(real, "other", "hello", macro_in(), "lin")


def test_a_command_on_an_older_version_applies_nothing(real: FakeServices) -> None:
    save(real, actions={"status": "resolved"})
    handle_command.set_status(real, command(real), StatusChange(status="open"))
    with pytest.raises(Stale):
        apply_macro(real, command(real, expected=1), ["hello"])
    change_status(real, "waiting_internal")
    assert case_in(real).status == "waiting_internal"


def test_macros_tag_a_case_and_put_it_off_and_say_which_promise_that_outlasts(real: FakeServices) -> None:
    tags = {"add": ["VIP ", "return"], "remove": ["call"]}
    save(real, actions={"tags": tags, "snooze": {"seconds": 7200, "event": "parcel_scanned"}})
    tagged, snoozed = preview(real).effects
    assert (tagged.en, tagged.zh) == (
        "Adds the tags VIP , return; removes call",
        "添加标签：VIP , return；移除：call",
    )
    breaks = "Puts the case off: for 2 h, until the parcel is scanned. A promise to the customer breaks before that."
    assert snoozed.en == breaks
    applied = apply_macro(real, command(real), ["hello"])
    assert [effect.done for effect in applied.effects] == [True, True]
    assert case_in(real).tags == ("vip", "return")
    assert is_snoozed(case_in(real))
    change_status(real, "resolved")
    assert preview(real).effects[1].refused_zh == "只有处理中的服务单可以搁置。"


@pytest.mark.parametrize(
    ("actions", "path"),
    [
        ({"tags": {"add": ["ok", " "]}}, "actions.tags.add[1]"),
        ({"tags": {"remove": ["x" * 41]}}, "actions.tags.remove[0]"),
    ],
)
def test_a_tag_that_no_case_can_have_is_refused_when_it_is_saved(
    services: FakeServices, actions: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save(services, actions=actions)
    assert refused.value.errors[0][0] == path


def test_a_case_with_twenty_tags_gets_no_more(real: FakeServices) -> None:
    save(real, actions={"tags": {"add": [f"tag{number}" for number in range(20)]}})
    apply_macro(real, command(real), ["hello"])
    save(real, actions={"tags": {"add": ["one more"]}})
    assert preview(real).effects[0].refused_en == "A case has at most 20 tags."
    assert apply_macro(real, command(real), ["hello"]).effects[0].done is False
