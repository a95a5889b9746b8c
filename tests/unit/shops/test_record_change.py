"""The record of what was changed in a shop's settings: by whom, when, from what to what."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.shops.setting_changes import MAX_FIELDS, MAX_TEXT, SettingChange, change_of
from chalicelib.domain.shops.shop import CalendarIn, ShopIn
from chalicelib.domain.sla.calendars import OFFICE_HOURS
from chalicelib.domain.sla.policies import Policy, Rule, When
from chalicelib.usecases.shops import change_settings
from chalicelib.usecases.shops.record_change import last_changes, list_changes
from tests.fakes.services import FakeServices

BY = "lin.yue@example.com"
SETTINGS = ShopIn(
    name="Lantern & Loom", time_zone="Asia/Shanghai", locale="zh-CN", mail_from="care@example.com", calendar="CN"
)


def changes(services: FakeServices) -> list[SettingChange]:
    return list(list_changes(services, "demo", None, 25, None).items)


def fields(change: SettingChange) -> dict[str, tuple[str | None, str | None]]:
    return {field.field: (field.before, field.after) for field in change.fields}


def test_a_shop_with_a_new_name_has_one_change_with_both_names(services: FakeServices) -> None:
    change_settings.change_shop(services, "demo", SETTINGS, BY)
    before = len(changes(services))
    change_settings.change_shop(services, "demo", replace(SETTINGS, name="Loom"), BY)
    newest = changes(services)[0]
    assert len(changes(services)) == before + 1
    assert (newest.by, newest.page, newest.at) == (BY, "shop", services.time)
    assert fields(newest) == {"name": ("Lantern & Loom", "Loom")}


def test_settings_that_are_saved_unchanged_are_no_change(services: FakeServices) -> None:
    change_settings.change_shop(services, "demo", SETTINGS, BY)
    recorded = changes(services)
    change_settings.change_shop(services, "demo", SETTINGS, BY)
    assert changes(services) == recorded


def test_a_calendar_is_recorded_by_its_hours_and_not_by_looked_up_holidays(services: FakeServices) -> None:
    content = CalendarIn(time_zone="Asia/Shanghai", hours={"mon": OFFICE_HOURS}, holidays="CN")
    change_settings.change_calendar(services, "demo", "late", content, BY)
    newest = changes(services)[0]
    assert newest.name == "late"
    assert fields(newest)["hours.mon"] == (None, "09:00-12:00, 13:00-18:00")
    assert not any(field.startswith(("public", "makeup")) for field in fields(newest))


def test_a_policy_is_recorded_with_its_version_and_each_rule_that_differs(services: FakeServices) -> None:
    rule = Rule(when=When(channel="chat"), clock="first_reply", target_seconds=30)
    change_settings.change_policy(services, "demo", Policy(clocks=(rule,)), BY)
    change_settings.change_policy(services, "demo", Policy(clocks=(replace(rule, target_seconds=60),)), BY)
    assert fields(changes(services)[0]) == {"version": ("2", "3"), "clocks.1.target_seconds": ("30", "60")}


def test_an_agent_who_comes_and_goes_is_recorded_both_times(services: FakeServices) -> None:
    change_settings.change_agent(services, "demo", "mei", AgentIn(teams=("returns",)), BY)
    change_settings.remove_agent(services, "demo", "mei", Actor("agent", BY))
    left, came = changes(services)[:2]
    assert fields(came)["teams"] == (None, "returns")
    assert fields(left)["teams"] == ("returns", None)
    assert last_changes(services, "demo", ("agents", "policy")) == {"agents": left}


def test_what_is_refused_is_not_recorded(services: FakeServices) -> None:
    with pytest.raises(Exception, match="time_zone"):
        change_settings.change_shop(services, "demo", replace(SETTINGS, time_zone="Mars/Base"), BY)
    assert changes(services) == []


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=60),
    max_leaves=80,
)
states = st.none() | st.dictionaries(st.text(max_size=9), values, max_size=60)


@given(states, states)
def test_a_change_names_what_differs_within_bounds_whatever_the_settings_are(before: Any, after: Any) -> None:
    change = change_of("demo", "shop", "", BY, 0, before, after)
    same = change_of("demo", "shop", "", BY, 0, after, after)
    assert same is None
    if change is not None:
        assert 0 < len(change.fields) <= MAX_FIELDS
        assert all(len(text) <= MAX_TEXT for each in change.fields for text in (each.before, each.after) if text)
        assert change_of("demo", "shop", "", BY, 0, after, before) is not None
