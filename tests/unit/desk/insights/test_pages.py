"""The pages of insights, as staff open them."""

import re
from typing import Any

import pytest

from chalicelib.domain.insights.findings import Findings
from tests.fakes import NOON, SHOP
from tests.support.desk.markers import WORD, plain
from tests.support.desk.visitor import Visitor
from tests.support.desk.walk import faults_of
from tests.support.insights.pages import (
    LAMP,
    NEWEST,
    PageServices,
    alert,
    fill,
    findings,
    item,
    model,
    question,
    topic,
    warning,
)

FOR_ALL = (
    "insights",
    "insights/corrections",
    "insights/topics/battery",
    "insights/questions/q-invoice",
    "insights/days/2026-11-11",
    "insights/associations",
    f"insights/products/{LAMP}",
)
FOR_SUPERVISORS = ("insights/alerts", "insights/warnings", "insights/models")
OF_FINDINGS = [path for path in (*FOR_ALL, *FOR_SUPERVISORS) if not path.endswith(("corrections", "models"))]
SUPERVISOR = ("supervisor", "shop:demo")


def supervisor(language: str = "en") -> Visitor:
    return Visitor.signed_in("boss", SUPERVISOR, language=language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", [*FOR_ALL, *FOR_SUPERVISORS])
def test_every_page_is_there_in_both_languages_and_needs_no_style_of_its_own(
    desk: PageServices, path: str, language: str
) -> None:
    fill(desk)
    answer = supervisor(language).get(f"demo/{path}")
    assert answer.status == 200
    assert "style=" not in answer.text
    assert answer.text.count("<h1>") == 1


@pytest.mark.parametrize("path", OF_FINDINGS)
def test_while_nothing_was_computed_a_page_says_so_and_when_it_will_be(desk: PageServices, path: str) -> None:
    answer = supervisor().get(f"demo/{path}")
    assert answer.status == 200
    assert "Nothing was computed yet" in answer.text
    assert "2026-11-21" in answer.text


@pytest.mark.parametrize("path", FOR_SUPERVISORS)
def test_an_agent_reads_what_customers_say_and_not_what_supervisors_decide(desk: PageServices, path: str) -> None:
    fill(desk)
    agent = Visitor.signed_in()
    assert agent.get(f"demo/{path}").status == 404
    shown = agent.get("demo/insights")
    assert shown.status == 200
    assert f"demo/{path}" not in shown.text
    assert f"demo/{path}" in supervisor().get("demo/insights").text


@pytest.mark.parametrize("path", [*FOR_ALL, *FOR_SUPERVISORS])
def test_nobody_of_another_shop_sees_any_of_it(desk: PageServices, path: str) -> None:
    fill(desk)
    for groups in (("agent", "shop:other"), ("supervisor", "shop:other")):
        assert Visitor.signed_in("eve", groups).get(f"demo/{path}").status == 404


def test_every_figure_of_a_topic_has_its_sample_and_its_interval(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights").text
    assert '62 % <span class="quiet held">46–75, n 40</span>' in text
    assert '×1.8 <span class="quiet held">1.1–2.9</span>' in text
    assert "1,234 CNY, 80 USD" in text
    assert "too little to say" in text


def test_a_chart_says_in_words_what_it_shows(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights", days="30").text
    assert 'aria-label="battery, charge, 充电: 31 texts from 2026-10-21 on, at most 9 in a day (2026-10-26)."' in text


def test_the_table_beside_the_charts_has_the_counts_of_each_week(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights").text
    row = text.partition('class="date">2026-10-23</th>')[2].partition("</tr>")[0]
    assert re.findall(r">(\d+)<", row) == ["38", "21", "21", "21"]


def test_topics_are_chosen_by_product_type_and_channel(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights", product=LAMP, type="repair").text
    assert "As chosen: ≤ 25 of 40" in text
    assert "topics/size" not in text.partition('id="questions"')[0]
    nothing = supervisor().get("demo/insights", product="NO-SUCH").text
    assert "No topic has such texts." in nothing


def test_the_sentences_of_a_topic_lead_to_their_cases_and_their_reading_is_recorded(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights/topics/battery").text
    assert "Text of battery-1" in text
    assert 'cases/01CASE0000000000000000000A">A-17</a>' in text
    assert {what for _, by, what in desk.identities.accessed if by == "boss"} == {"feedback"}


def test_the_texts_of_an_erased_person_are_left_out(desk: PageServices) -> None:
    fill(desk)
    gone = item("battery-1", "Gone for good", customer="erased")
    desk.feedback.stored[gone.shop, gone.id] = gone
    desk.feedback.erased.add("erased")
    text = supervisor().get("demo/insights/topics/battery").text
    assert "Gone for good" not in text
    assert "or because they have no text: 1" in text
    assert "Text of battery-2" in text


def test_a_product_has_what_was_delivered_and_came_back_and_its_weeks_of_purchase(desk: PageServices) -> None:
    fill(desk)
    day = {"dimension": "flow_sku", "value": LAMP, "day": "2026-11-10"}
    desk.metrics.stored = [day | {"delivered_items": 40, "returned_items": 6}]
    text = supervisor().get(f"demo/insights/products/{LAMP}").text
    assert "15.0 %, 7.1–29.1, n 40" in text
    assert "2026-W41" in text
    assert supervisor().get("demo/insights/products/NO-SUCH").status == 404


def test_a_product_whose_name_no_address_can_have_is_shown_by_its_query(desk: PageServices) -> None:
    fill(desk, topics=[topic(products={"灯/3 #": 9})])
    assert "insights/products?sku=%E7%81%AF%2F3+%23" in supervisor().get("demo/insights/topics/battery").text
    assert supervisor().get("demo/insights/products", sku="灯/3 #").status == 200
    assert supervisor().get("demo/insights/products", sku=LAMP).location.endswith(f"insights/products/{LAMP}")


def test_alerts_are_ranked_and_an_opinion_is_stored_with_who_said_so(desk: PageServices) -> None:
    fill(desk)
    boss = supervisor()
    text = boss.get("demo/insights/alerts").text
    assert text.index("battery, charge") < text.index(">size<")
    answer = boss.post("demo/insights/alerts", {"alert": "alert-1", "useful": "0"})
    assert answer.location.endswith("/insights/alerts")
    opinion = desk.findings.opinions(SHOP.id)["alert-1"]
    assert (opinion.useful, opinion.by, opinion.at) == (False, "boss", NOON)
    assert "Of 1 judged so far, 0 were useful" in boss.get("demo/insights/alerts").text


def test_an_opinion_needs_a_supervisor_an_alert_of_now_and_a_yes_or_no(desk: PageServices) -> None:
    fill(desk)
    said = {"alert": "alert-1", "useful": "1"}
    assert Visitor.signed_in().post("demo/insights/alerts", said).status == 403
    assert supervisor().post("demo/insights/alerts", said | {"alert": "alert-9"}).status == 404
    assert supervisor().post("demo/insights/alerts", said | {"useful": "maybe"}).status == 422
    assert supervisor().post("demo/insights/alerts", said | {"form_token": "x"}).status == 403
    assert desk.findings.said == {}


def test_an_earlier_model_is_let_answer_again_or_none_is(desk: PageServices) -> None:
    fill(desk)
    boss = supervisor()
    assert boss.post("demo/insights/models", {"model": "2026-11-12"}).status == 303
    assert desk.models.live(SHOP.id) == b"old"
    assert "rolled back" in boss.get("demo/insights/models").text
    assert boss.post("demo/insights/models", {"model": ""}).status == 303
    assert desk.models.live(SHOP.id) is None


def test_who_is_no_supervisor_changes_no_model_and_a_refused_one_never_answers(desk: PageServices) -> None:
    fill(desk)
    desk.models.save(SHOP.id, model("2026-11-01", state="refused"), b"worse")
    assert Visitor.signed_in().post("demo/insights/models", {"model": "2026-11-12"}).status == 403
    assert supervisor().post("demo/insights/models", {"model": "2026-11-01"}).status == 409
    assert supervisor().post("demo/insights/models", {"model": "no-such"}).status == 404
    assert desk.models.live(SHOP.id) == b"new"


def test_warnings_say_their_reasons_in_the_readers_language_and_where_they_are_weak(desk: PageServices) -> None:
    fill(desk)
    text = supervisor("zh").get("demo/insights/warnings").text
    assert "承诺日仍未交给承运商、件数：3" in text
    assert "无法判断风险是否可靠" in text


def test_how_good_risks_are_is_drawn_and_said_in_words(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights/warnings").text
    assert "120 orders that did not teach; 900 in all, 200 went wrong" in text
    assert 'aria-label="Risk, and how often orders went wrong: Risk 20 % → went wrong' in text
    assert "Risks rank orders better than chance" in text


def test_an_order_that_is_held_out_is_counted_and_not_shown_while_it_is_open(desk: PageServices) -> None:
    fill(desk)
    text = supervisor().get("demo/insights/warnings").text
    assert "O-77" in text
    assert "O-78" not in text
    assert "Held out, and not shown while they are open: 1" in text


def test_findings_of_the_day_before_yesterday_are_marked_as_old(desk: PageServices) -> None:
    fill(desk)
    desk.time = NOON + 2 * 86_400_000
    assert "Nothing newer than 2026-11-19 was computed." in supervisor().get("demo/insights").text


@pytest.mark.parametrize("path", [*FOR_ALL, *FOR_SUPERVISORS])
def test_what_people_wrote_is_text_and_never_markup_a_title_or_an_address(desk: PageServices, path: str) -> None:
    bad = plain("topic")
    fill(
        desk,
        topics=[topic(words=[bad])],
        questions=[question(words=[bad])],
        alerts=[alert(label=bad, facts={bad: 1.0})],
        warnings=[warning(bad, reasons=[bad])],
    )
    for place in range(3):
        desk.feedback.add(item(f"battery-{place}", bad))
    desk.models.save(SHOP.id, model(why=bad), b"new")
    text = supervisor().get(f"demo/{path}").text
    assert faults_of(text) == []
    if path in ("insights", "insights/topics/battery", "insights/alerts", "insights/warnings", "insights/models"):
        assert WORD in text


@pytest.mark.parametrize("path", OF_FINDINGS)
def test_a_day_on_which_next_to_nothing_was_found_is_no_fault(desk: PageServices, path: str) -> None:
    desk.findings.save(Findings(shop=SHOP.id, day=NEWEST, first=NEWEST, items=0, customers=0))
    assert supervisor().get(f"demo/{path}").status in (200, 404)
    bare = topic(
        words=[], counts={}, count=1, products={LAMP: 1}, types={}, channels={}, money={}, typical=[], items=[]
    )
    lists: dict[str, Any] = {
        "questions": [],
        "anomalies": [],
        "segments": [],
        "alerts": [],
        "warnings": [],
        "associations": [],
    }
    desk.findings.save(findings(topics=[bare], totals={}, drivers=[], events=[], keywords=[], **lists))
    assert supervisor().get(f"demo/{path}").status in (200, 404)


@pytest.mark.parametrize("asked", ["", "x", "-1", "9" * 390, "<b>", "\0", "%00", "../..", "{{7*7}}", "灯 #/?"])
def test_nothing_that_is_asked_for_is_a_fault_of_ours(desk: PageServices, asked: str) -> None:
    fill(desk)
    boss = supervisor()
    names = ("product", "type", "channel", "days", "sku", "next", "saved")
    for path in (*FOR_ALL, *FOR_SUPERVISORS, "insights/products"):
        assert boss.get(f"demo/{path}", **dict.fromkeys(names, asked)).status < 500
    for path in ("topics", "questions", "days", "products"):
        assert boss.get(f"demo/insights/{path}/{asked.replace('/', '')}").status in (200, 404, 422)
    for path, field in (("alerts", "alert"), ("models", "model")):
        assert boss.post(f"demo/insights/{path}", {field: asked, "useful": "1"}).status < 500
