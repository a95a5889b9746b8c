"""The pages of insights on the table: findings, texts, opinions, models, and the list of cases to correct."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import day_of, next_day, parse_instant
from tests.support.cases.webhooks import request as opening
from tests.support.desk.visitor import Visitor, configure_desk
from tests.support.insights.pages import findings, item, model, topic
from tests.support.moto.stack import MotoStack, running

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
DEMO = {
    "name": "Lamps",
    "time_zone": "Asia/Shanghai",
    "locale": "zh-CN",
    "mail_from": "care@example.com",
    "calendar": "CN",
}
SUPERVISOR = ("supervisor", "shop:demo")


def test_a_topic_has_its_sentences_and_what_is_thought_of_an_alert_is_stored(desk: AwsServices) -> None:
    now = desk.now()
    said = replace(item("x", "The battery died."), id=new_id(now, key_of("battery")), at=now, customer=None)
    desk.feedback.add(said)
    yesterday = next_day(day_of(now, "Asia/Shanghai"), -1)
    battery = topic(typical=[said.id], items=[])
    desk.findings.save(replace(findings(topics=[battery]), day=yesterday))
    boss = Visitor.signed_in("boss", SUPERVISOR)
    assert "The battery died." in boss.get("demo/insights/topics/battery").text
    assert "battery, charge" in boss.get("demo/insights").text
    assert boss.post("demo/insights/alerts", {"alert": "alert-1", "useful": "1"}).status == 303
    assert desk.findings.opinions("demo")["alert-1"].by == "boss"
    assert 'aria-pressed="true"' in boss.get("demo/insights/alerts").text


def test_a_model_is_rolled_back(desk: AwsServices) -> None:
    desk.models.save("demo", model("1-old", state="replaced"), b"old")
    desk.models.save("demo", model("2-new"), b"new")
    boss = Visitor.signed_in("boss", SUPERVISOR)
    assert boss.post("demo/insights/models", {"model": "1-old"}).status == 303
    assert desk.models.live("demo") == b"old"


def test_cases_without_a_certain_type_are_listed_from_the_table_and_leave_the_list(stack: MotoStack) -> None:
    secret = stack.secret("demo", "standard")
    for name in ("first", "second"):
        fields = opening(occurred_at=None, external_id=name, subject=name, message="hello there")
        assert stack.hook("demo", "case.requested", without_type(fields), secret, name).status == 202
    visitor = Visitor.signed_in()
    text = visitor.get("demo/insights/corrections").text
    (path, *_) = re.findall(r'action="[^"]*/desk/(demo/cases/[^"]*/type)"', text)
    assert text.count("<select") == 2
    answer = visitor.post(path, {"type": "repair", "back": "corrections", "key": "once"})
    assert answer.location.endswith("insights/corrections?saved=1")
    assert visitor.get("demo/insights/corrections").text.count("<select") == 1


def without_type(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "type"}


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    """The application with the shop `demo`."""
    with running(START) as stack:
        configure_desk()
        bootstrap.services.cache_clear()
        assert stack.request("PUT", "/v1/shops/demo", DEMO, stack.token("admin")).status == 200
        yield stack
    bootstrap.services.cache_clear()
