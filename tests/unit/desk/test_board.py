"""The board: who is here, what waits, which promises are broken, and what today brought against last week."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.desk.day_figures import FIGURES, Figure, Period, counts, today_and_last_week
from chalicelib.domain.kernel.ids import case_key, key_of, place_of_key
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, parse_instant
from chalicelib.domain.routing.agents import Agent
from chalicelib.usecases.desk.board import board
from chalicelib.usecases.desk.count_day import DayFigure, count_day, list_day
from chalicelib.usecases.ports.desk import Sample
from chalicelib.usecases.routing import manage_agents
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.webhooks import request

WEEK_MS = 7 * DAY_MS


def opened(services: FakeServices, name: str, **changes: Any) -> Case:
    services.hook("case.requested", request(external_id=name, type="question"))
    key = case_key(SHOP.id, name)
    stored = services.cases.stored[key]
    assert stored.case is not None
    case = replace(stored.case, **changes)
    services.cases.stored[key] = replace(stored, case=case)
    return case


def figures(services: FakeServices) -> dict[str, tuple[int, int]]:
    return {each.figure: (each.today.count, each.last_week.count) for each in count_day(services, SHOP.id)}


def test_today_is_compared_with_the_same_time_a_week_ago(services: FakeServices) -> None:
    opened(services, "today", opened_at=NOON - HOUR_MS, first_reply_at=NOON - MINUTE_MS)
    opened(services, "yesterday", opened_at=NOON - DAY_MS, resolved_at=NOON - MINUTE_MS)
    opened(services, "then", opened_at=NOON - WEEK_MS - MINUTE_MS)
    opened(services, "later-then", opened_at=NOON - WEEK_MS + MINUTE_MS)
    assert figures(services) == {"opened": (1, 1), "replied": (1, 0), "resolved": (1, 0), "breached": (0, 0)}


def test_a_broken_promise_counts_when_it_was_due(services: FakeServices) -> None:
    case = opened(services, "late")
    (first, *_) = case.clocks
    broken = replace(first, state="breached", due_at=NOON - MINUTE_MS)
    key = case_key(SHOP.id, "late")
    services.cases.stored[key] = replace(services.cases.stored[key], case=replace(case, clocks=(broken,)))
    assert figures(services)["breached"] == (1, 0)


def test_the_day_is_that_of_the_shop() -> None:
    today, before = today_and_last_week(parse_instant("2026-11-20T16:30:00Z"), "Asia/Shanghai")
    assert (today.day, before.day) == ("2026-11-21", "2026-11-14")
    assert today.end - today.start == before.end - before.start == 30 * MINUTE_MS


@given(st.sampled_from(FIGURES), st.integers(NOON - WEEK_MS, NOON))
def test_a_case_counts_in_a_period_or_in_the_next_one_and_never_in_both(figure: Figure, moment: int) -> None:
    case = Case(
        id="c",
        number="n",
        shop="demo",
        external_id="x",
        type="question",
        channel="web",
        customer="p",
        opened_at=moment,
        first_reply_at=moment,
        resolved_at=moment,
        policy=1,
        calendar="CN@1",
    )
    middle = NOON - WEEK_MS // 2
    periods = (Period("a", NOON - WEEK_MS, middle), Period("b", middle, NOON + 1))
    assert sum(counts(case, figure, period) for period in periods) == (figure != "breached")


def test_of_a_long_list_the_number_is_estimated_and_says_so(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(services, "today", opened_at=NOON - HOUR_MS)
    key = case_key(SHOP.id, "today")
    monkeypatch.setattr(services.desk, "samples", lambda *_: [Sample((key,), 0.25), Sample(())])
    (figure, *_) = count_day(services, SHOP.id)
    assert isinstance(figure, DayFigure)
    assert (figure.today.count, figure.today.exact) == (4, False)


@given(st.lists(st.text(), min_size=400, max_size=400, unique=True))
def test_keys_are_spread_evenly_so_that_a_part_of_them_is_a_fair_sample(names: list[str]) -> None:
    places = [place_of_key(key_of(name)) for name in names]
    assert min(places) >= 0
    assert max(places) < 1
    assert 100 < sum(place < 0.5 for place in places) < 300


def test_the_cases_of_a_figure_are_listed(services: FakeServices) -> None:
    case = opened(services, "today", opened_at=NOON - HOUR_MS)
    opened(services, "yesterday", opened_at=NOON - DAY_MS)
    assert [row.id for row in list_day(services, SHOP.id, "mei", "2026-11-20", "opened").rows] == [case.id]
    assert list_day(services, SHOP.id, "mei", "2026-11-20", "resolved").rows == []


def test_the_board_shows_who_works_what_waits_and_what_is_late(services: FakeServices) -> None:
    for agent in (Agent(id="mei", capacity=3), Agent(id="lee", calendar="CN@1"), Agent(id="ana")):
        services.agents.save(SHOP.id, agent)
    manage_agents.set_presence(services, SHOP.id, "mei", "here")
    manage_agents.set_presence(services, SHOP.id, "lee", "here")
    opened(services, "web-1")
    opened(services, "web-2", assignee="mei")
    services.time = NOON + 30 * HOUR_MS
    shown = board(services, SHOP.id, "boss")
    assert [(each.status.agent.id, each.works) for each in shown.agents] == [
        ("mei", True),
        ("lee", False),
        ("ana", False),
    ]
    assert [(each.type, each.language, each.count) for each in shown.waiting] == [("question", "zh-CN", 1)]
    assert (shown.broken.count, len(shown.broken.rows), shown.soon.count) == (2, 2, 0)
    assert services.desk.seen_at == {}
