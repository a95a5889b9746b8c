"""What pages report of who reads and writes where, and when that expires."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.live.presence import (
    PRESENCE_MS,
    People,
    Signal,
    Socket,
    after_signal,
    everybody,
    people_on,
    read_signal,
)
from tests.fakes import NOON

CASE, OTHER = new_id(NOON, "A" * 16), new_id(NOON, "B" * 16)


def page(name: str, connection: str | None = None) -> Socket:
    return Socket(connection or name, "demo", name, NOON + 10**7)


def reading(name: str, case: str = CASE, connection: str | None = None) -> Socket:
    return after_signal(page(name, connection), Signal(see=case), NOON)


def writing(name: str, case: str = CASE, connection: str | None = None) -> Socket:
    return after_signal(page(name, connection), Signal(write=case), NOON)


def test_people_are_listed_as_reading_or_as_writing_and_never_as_both() -> None:
    pages = [reading("mei"), writing("mei", connection="second tab"), reading("li"), reading("bo", OTHER)]
    assert people_on(CASE, pages, NOON) == People(CASE, ["li"], ["mei"])
    assert everybody(pages, NOON) == [People(CASE, ["li"], ["mei"]), People(OTHER, ["bo"], [])]


def test_nobody_is_listed_for_themselves() -> None:
    pages = [reading("mei"), reading("bo", OTHER)]
    assert people_on(CASE, pages, NOON, besides="mei") == People(CASE, [], [])
    assert everybody(pages, NOON, besides="mei") == [People(OTHER, ["bo"], [])]


def test_a_report_expires_by_itself() -> None:
    pages = [writing("mei")]
    assert everybody(pages, NOON + PRESENCE_MS - 1) == [People(CASE, [], ["mei"])]
    assert everybody(pages, NOON + PRESENCE_MS) == []


def test_a_page_that_leaves_a_case_it_does_not_show_any_more_stays_where_it_is() -> None:
    """The report of leaving one case may come after that of seeing the next."""
    assert after_signal(reading("mei", OTHER), Signal(leave=CASE), NOON) == reading("mei", OTHER)
    assert after_signal(reading("mei"), Signal(leave=CASE), NOON) == page("mei")


@pytest.mark.parametrize("name", ["see", "write", "leave"])
def test_a_report_names_a_case_by_its_id(name: str) -> None:
    assert read_signal(json.dumps({name: CASE})) == msgspec.convert({name: CASE}, Signal)
    assert read_signal(json.dumps({name: "call me at 123"})) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"see": 1}',
        '{"say": "hello"}',
        '{"who": false}',
        json.dumps({"see": CASE, "write": CASE}),
        json.dumps({"see": CASE, "who": True}),
        json.dumps({"who": True}) + " " * 300,
    ],
)
def test_what_is_no_report_is_not_understood(text: str) -> None:
    assert read_signal(text) is None


@given(st.text())
def test_no_text_breaks_reading_it(text: str) -> None:
    assert read_signal(text) is None or isinstance(read_signal(text), Signal)
