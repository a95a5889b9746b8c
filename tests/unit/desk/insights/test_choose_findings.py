"""What was asked for of what was found."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.timestamps import next_day
from chalicelib.usecases.insights.choose_findings import (
    WEEK,
    WEEKLY_FROM,
    Asked,
    anomalies_asked,
    first_day,
    keywords_asked,
    over_time,
    products_of,
    topic_lines,
)
from chalicelib.usecases.insights.read_product import product_found
from tests.support.insights.pages import FIRST, KETTLE, LAMP, NEWEST, findings


@given(st.integers(0, 200), st.dictionaries(st.integers(-5, 205), st.integers(1, 9)))
def test_days_become_whole_weeks_once_they_are_many_and_the_last_one_is_always_whole(length: int, given: dict) -> None:  # type: ignore[type-arg]
    last = next_day(FIRST, length)
    counts = {next_day(FIRST, place): count for place, count in given.items()}
    size = WEEK if length + 1 >= WEEKLY_FROM else 1
    starts = over_time(counts, FIRST, last)
    assert len(starts) == (length + 1) // size
    assert starts[-1][0] == next_day(last, 1 - size)
    inside = [count for day, count in counts.items() if starts[0][0] <= day <= last]
    assert sum(count for _, count in starts) == sum(inside)


def test_the_texts_of_all_that_was_asked_for_are_no_more_than_those_of_each() -> None:
    lines = topic_lines(findings(), Asked(product=LAMP, channel="chat"))
    assert [(line.topic.id, line.asked) for line in lines] == [("battery", 12)]


def test_a_period_counts_its_days_and_never_begins_before_the_findings() -> None:
    found = findings()
    assert first_day(found, Asked(days=14)) == next_day(NEWEST, -13)
    assert first_day(found, Asked(days=90)) == FIRST
    (battery, *_) = topic_lines(found, Asked(days=14))
    assert battery.count == 6


def test_keywords_and_unusual_days_are_those_of_what_was_asked_for() -> None:
    found = findings()
    assert [each.word for each in keywords_asked(found, Asked())] == ["smoke"]
    assert [each.word for each in keywords_asked(found, Asked(product=LAMP))] == ["swollen"]
    assert [each.day for each in anomalies_asked(found, Asked())] == ["2026-11-11", "2026-11-02", "2026-10-26"]
    assert [each.value for each in anomalies_asked(found, Asked(product=LAMP))] == [LAMP]
    assert anomalies_asked(found, Asked(days=7)) == []


def test_products_are_those_of_most_texts_first() -> None:
    assert products_of(findings()) == [LAMP, KETTLE]


def test_a_product_of_which_nothing_is_known_is_not_there() -> None:
    assert product_found(findings(), "NO-SUCH") is None
    known = product_found(findings(), LAMP)
    assert known is not None
    assert ([each.right_value for each in known.weeks], known.others) == (["2026-W41"], [])
