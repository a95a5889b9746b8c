"""Which columns can be learned from."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.outcomes.driver_columns import FEWEST, Column, group_columns, useful_columns

GROUPS = st.lists(st.sets(st.sampled_from("abcde"), max_size=3), max_size=150)


@given(groups=GROUPS)
def test_only_large_groups_have_a_column_and_it_says_who_is_in_it(groups: list[set[str]]) -> None:
    sizes = Counter(group for of_case in groups for group in of_case)
    for column in group_columns("product", groups):
        group = column.name.removeprefix("product:")
        assert sizes[group] == sum(column.values) >= FEWEST


@given(groups=st.lists(st.sampled_from("abc").map(lambda group: {group}), max_size=150))
def test_some_cases_are_in_no_column_so_that_there_is_something_to_compare_with(groups: list[set[str]]) -> None:
    for kind in ("channel", "topic"):
        columns = group_columns(kind, groups)
        rows = list(zip(*(column.values for column in columns), strict=True))
        assert not columns or sum(not any(row) for row in rows) >= FEWEST


def test_channels_are_compared_with_the_most_frequent_one() -> None:
    groups = [{"email"}] * 50 + [{"chat"}] * 30 + [{"phone"}] * 9 + [set[str]()] * 40
    assert [column.name for column in group_columns("channel", groups)] == ["channel:chat"]
    assert [column.name for column in group_columns("product", groups)] == ["product:chat", "product:email"]


def test_few_cases_teach_few_drivers_and_the_first_ones_stay() -> None:
    columns = [Column(f"driver {place}", [0.0, 1.0] * 30) for place in range(9)]
    assert [column.name for column in useful_columns(columns, 60)] == [f"driver {place}" for place in range(6)]
    assert useful_columns([Column("rare", [0.0] * 91 + [1.0] * 9)], 100) == []
