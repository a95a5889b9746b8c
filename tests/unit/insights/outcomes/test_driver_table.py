"""The table of drivers and scores."""

from math import log2
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.parts import Answer, Handover, Owner, Ownership, Satisfaction
from chalicelib.domain.flows.flow import start
from chalicelib.domain.insights.outcomes.driver_table import UNITS, DriverTable, driver_table
from chalicelib.domain.kernel.timestamps import HOUR_MS
from tests.support.insights.outcomes import case, inputs, on, order, said

REFUSED = replace(
    start("return", on(12), "unwanted", ()), state="ended", steps=(("requested", 1), ("rejected", 2), ("ended", 3))
)
WITHDRAWN = replace(REFUSED, state="withdrawn", steps=(("requested", 1), ("withdrawn", 2)))


def varied(place: int) -> dict[str, Any]:
    """What differs between cases: every driver does, in its own way."""
    return {
        "first_reply_at": on(12) + (1 + place % 4) * HOUR_MS,
        "resolved_at": on(12) + (5 + place % 5) * HOUR_MS,
        "replies": place % 3,
        "reopened": place % 2,
        "tier": place // 2 % 2,
        "ownership": Ownership(handovers=(Handover(on(13), Owner()),) if place // 4 % 2 else ()),
        "flow": REFUSED if place // 8 % 2 else WITHDRAWN,
    }


def table(count: int = 160, **same: Any) -> DriverTable:
    """The table of so many cases, each about an order of its own."""
    numbers = range(count)
    cases = tuple(case(f"case-{place:03}", csat=1 + place % 5, **(varied(place) | same)) for place in numbers)
    words = tuple(
        said(f"item-{place}-{message}", case=f"case-{place:03}", order=f"O-{place}")
        for place in numbers
        for message in range(1 + place % 3)
    )
    orders = tuple(order(f"O-{place}", total=str(2 ** (place % 4))) for place in numbers)
    return driver_table(inputs(said=words, cases=cases, orders=orders))


def column(of: DriverTable, name: str) -> list[float]:
    return [row[of.names.index(name)] for row in of.rows]


def test_every_driver_that_differs_is_a_column_in_its_unit() -> None:
    """Of the claims that came to nothing, only those that the shop refused are refused."""
    found = table()
    assert found.names == list(UNITS)
    assert column(found, "first_reply")[:4] == pytest.approx([log2(hours) for hours in (1, 2, 3, 4)])
    assert column(found, "resolution")[0] == pytest.approx(log2(5))
    assert column(found, "messages")[:4] == [1, 2, 3, 1]
    assert column(found, "replies")[:4] == [0, 1, 2, 0]
    assert column(found, "reopened")[:4] == [0, 1, 0, 1]
    assert column(found, "escalated")[:4] == [0, 0, 1, 1]
    assert column(found, "transferred")[:5] == [0, 0, 0, 0, 1]
    assert column(found, "refused")[:9] == [0] * 8 + [1]
    assert found.csat[:5] == [1, 2, 3, 4, 5]
    assert set(found.nps) == {None}


def test_a_price_is_relative_to_its_currency_and_one_more_is_twice_as_much() -> None:
    prices = column(table(), "price")
    assert [price - prices[0] for price in prices[:4]] == pytest.approx([0, 1, 2, 3])
    euros = tuple(order(f"E-{place:02}", total=f"{10 * 2 ** (place % 3)}") for place in range(30))
    yen = tuple(order(f"Y-{place:02}", total=f"{2000 * 2 ** (place % 3)}", currency="JPY") for place in range(30))
    cases = tuple(case(f"case-{each.external_id}", csat=3) for each in euros + yen)
    words = tuple(
        said(f"item-{each.external_id}", case=f"case-{each.external_id}", order=each.external_id)
        for each in euros + yen
    )
    found = driver_table(inputs(said=words, cases=cases, orders=euros + yen))
    assert column(found, "price") == pytest.approx([-1, 0, 1] * 20)


def test_columns_that_hardly_differ_are_left_out() -> None:
    found = table(replies=1, reopened=0, tier=0)
    assert not {"replies", "reopened", "escalated"} & set(found.names)


def test_what_is_not_known_is_the_median_and_what_is_mostly_unknown_is_left_out() -> None:
    few = table(resolved_at=None)
    assert "resolution" not in few.names
    numbers = range(40)
    times = [None if place % 4 == 0 else on(12) + 2 ** (place % 4) * HOUR_MS for place in numbers]
    cases = tuple(case(f"case-{place:02}", csat=3, first_reply_at=times[place]) for place in numbers)
    assert column(driver_table(inputs(cases=cases)), "first_reply")[:5] == [2, 1, 2, 3, 2]


def test_a_case_is_a_row_with_its_last_answers_and_without_answers_it_is_none() -> None:
    answers = (Answer(on(13), 2, 3), Answer(on(14), 5), Answer(on(15), ces=1))
    cases = (case("case-2"), case("case-1", satisfaction=Satisfaction(answers=answers)))
    found = driver_table(inputs(cases=cases))
    assert (found.cases, found.csat, found.nps) == (["case-1"], [5], [3])
    assert driver_table(inputs()) == DriverTable(names=[], cases=[], rows=[], csat=[], nps=[])


def test_the_first_topic_of_a_case_is_its_topic() -> None:
    numbers = range(60)
    cases = tuple(case(f"case-{place:02}", csat=3) for place in numbers)
    words = tuple(
        said(f"item-{place:02}-{turn}", day=12 + turn, case=f"case-{place:02}", topic=topic)
        for place in numbers
        for turn, topic in enumerate([None, "late", "rude"] if place < 25 else ["rude", "late"])
    )
    found = driver_table(inputs(said=words, cases=cases))
    assert found.names == ["messages", "topic:late"]
    assert column(found, "topic:late") == [1.0] * 25 + [0.0] * 35
