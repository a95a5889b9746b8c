"""Which agent fits a case best."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.domain.routing.agents import Agent, AgentStatus
from chalicelib.domain.routing.routing import RoutingRequest, choose_agent, is_on_shift
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.usecases.routing.shifts import next_shift_start
from tests.fakes import OFFICE


def post(name: str, load: int = 0, last_at: int = 0, here: bool = True, **fields: Any) -> AgentStatus:
    return AgentStatus(agent=Agent(id=name, **fields), here=here, load=load, last_at=last_at)


def asked(**fields: Any) -> RoutingRequest:
    return RoutingRequest(**({"key": "K", "type": "return", "language": "zh-CN"} | fields))


def name_of(*posts: AgentStatus, **fields: Any) -> tuple[str, str]:
    """The agent who gets it and the reason, or the reason why nobody does."""
    choice = choose_agent(asked(**fields), posts)
    return (choice.chosen.agent.id, choice.why) if choice.chosen else ("", choice.queued)


def test_who_has_the_smallest_part_of_their_capacity_filled_gets_it() -> None:
    assert name_of(post("a", 5, capacity=10), post("b", 2, capacity=3), post("c", 4, capacity=10)) == (
        "c",
        "least_loaded",
    )


def test_of_equals_who_has_waited_longest_gets_it() -> None:
    assert name_of(post("a", 1, 50), post("b", 1, 40), post("c", 1, 60))[0] == "b"


@pytest.mark.parametrize(
    ("able", "fields"),
    [
        ({"skills": ("return", "exchange")}, {"type": "question"}),
        ({"languages": ("en-GB",)}, {"language": "zh-CN"}),
        ({"teams": ("lamps",)}, {"team": "shoes"}),
        ({"tiers": (1, 2)}, {"tier": 0}),
    ],
    ids=["skill", "language", "team", "tier"],
)
def test_who_does_not_fit_gets_nothing(able: dict[str, Any], fields: dict[str, Any]) -> None:
    assert name_of(post("a", **able), **fields) == ("", "nobody_fits")
    assert name_of(post("a", **able), post("b"), **{"team": None} | fields)[0] == (
        "" if "team" in fields or fields.get("tier") else "b"
    )


def test_who_was_silent_gets_it_again_only_when_nobody_else_is_here() -> None:
    assert name_of(post("a"), post("b", 9), avoid="a")[0] == "b"
    assert name_of(post("a"), post("b", 10), avoid="a") == ("", "all_full")
    assert name_of(post("a"), post("b", here=False), avoid="a")[0] == "a"


def test_a_language_is_spoken_in_all_its_countries_and_no_language_named_means_all() -> None:
    assert name_of(post("a", languages=("zh-TW",)), language="zh-CN")[0] == "a"
    assert name_of(post("a", languages=()), language="fi")[0] == "a"


def test_why_nobody_gets_it_is_said() -> None:
    assert name_of(post("a", here=False)) == ("", "nobody_here")
    assert name_of(post("a", 10)) == ("", "all_full")
    assert name_of() == ("", "nobody_fits")


def test_an_adviser_comes_before_who_knows_the_case_and_that_before_who_is_free() -> None:
    adviser, knows, free = post("vip", 9, segments=("vip",)), post("mei", 9), post("new")
    assert name_of(adviser, knows, free, segment="vip", knows="mei") == ("vip", "adviser")
    assert name_of(adviser, knows, free, knows="mei") == ("mei", "knows_it")
    assert name_of(replace(adviser, load=10), replace(knows, load=10), free, segment="vip", knows="mei")[0] == "new"


def test_a_shift_is_worked_by_its_calendar_lunch_and_nights_left_out() -> None:
    friday = "2026-11-20T{}:00+08:00"
    worked = [
        is_on_shift(OFFICE, parse_instant(friday.format(time)))
        for time in ("08:59", "09:00", "12:30", "13:00", "18:00")
    ]
    assert worked == [False, True, False, True, False]
    assert is_on_shift(ALWAYS, 0)
    assert next_shift_start(OFFICE, parse_instant(friday.format("18:30"))) == parse_instant("2026-11-23T09:00:00+08:00")
