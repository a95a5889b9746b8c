"""The board on the table: its figures come from the lists of days, and what it reads is bounded."""

from collections import Counter

import pytest
import time_machine

from chalicelib.adapters.aws import keys
from chalicelib.adapters.desk import list_filling
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import payloads
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, day_of, parse_instant
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.desk import count_day
from chalicelib.usecases.desk.board import board
from chalicelib.usecases.desk.rows import Row
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import command, given_case

FRIDAY = parse_instant("2026-11-20T10:00:00+08:00")
FRIDAY_DAY = "2026-11-20"


def figures(services: AwsServices) -> dict[str, tuple[int, int, bool]]:
    shown = board(services, "demo", "boss").today
    return {each.figure: (each.today.count, each.last_week.count, each.today.exact) for each in shown}


def test_todays_figures_are_of_the_cases_on_the_lists_of_both_days(services: AwsServices) -> None:
    with time_machine.travel((FRIDAY - 7 * DAY_MS) / 1000, tick=False):
        old = given_case(services, "then")
    with time_machine.travel(FRIDAY / 1000, tick=False) as moment:
        stored = given_case(services, "now")
        moment.shift(60)
        handle_command.set_status(services, command(stored), payloads.StatusChange(status="resolved"))
        moment.shift(60)
        assert figures(services) == {
            "opened": (1, 1, True),
            "replied": (0, 0, True),
            "resolved": (1, 0, True),
            "breached": (0, 0, True),
        }
        run_due_timers(services, old.key)
        listed = {row.id for figure in ("opened", "resolved") for row in _rows(services, figure)}
        assert stored.case is not None
        assert listed == {stored.case.id}


def _rows(services: AwsServices, figure: str) -> list[Row]:
    rows, after = list[Row](), None
    while True:
        page = count_day.list_day(services, "demo", "boss", FRIDAY_DAY, figure, after)  # type: ignore[arg-type]
        rows += page.rows
        after = page.next
        if after is None:
            return rows


def test_a_promise_that_is_broken_on_a_later_day_counts_on_that_day(services: AwsServices) -> None:
    with time_machine.travel((FRIDAY - DAY_MS) / 1000, tick=False):
        stored = given_case(services)
    with time_machine.travel((FRIDAY + HOUR_MS) / 1000, tick=False):
        run_due_timers(services, stored.key)
        assert figures(services)["breached"] == (1, 0, True)


def calls_of_board(services: AwsServices) -> "Counter[str]":
    board(services, "demo", "boss")
    services.begin()
    with counted_calls() as calls:
        board(services, "demo", "boss")
    return Counter(calls)


def test_the_board_of_a_large_shop_takes_a_bounded_number_of_requests_and_estimates(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_day, "MOST_ENTRIES", 20)
    mark = {"format": list_filling.FORMAT, "passes": list_filling.PASSES, "cursor": list_filling.DONE}
    services.table.put({"pk": keys.desk("demo"), "sk": "LISTS", **mark})
    item = services.table.get(keys.case(given_case(services).key), "C")
    assert item is not None
    few = calls_of_board(services)
    today, number = day_of(services.now(), "Asia/Shanghai"), 400
    made = [key_of("copy", str(count)) for count in range(number)]
    services.table.write_many([item | {"pk": keys.case(key), "desk_key": "demo#assigned#us"} for key in made])
    entries = [
        {"pk": keys.case(key), "sk": "E#0", "day_key": keys.day_list("demo", today, keys.shard(key))} for key in made
    ]
    services.table.write_many(entries)
    many = calls_of_board(services)
    assert many["query"] <= few["query"] + 1
    assert many["batch_get_item"] <= few["batch_get_item"] + 2
    count, _, exact = figures(services)["opened"]
    assert not exact
    assert 0.5 * number < count < 2 * number
