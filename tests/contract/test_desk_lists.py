"""The lists of the desk are shown as the document says."""

from typing import get_args

from msgspec.structs import replace

from chalicelib.domain.desk.bulk import CommandName, Outcome, State, Why
from chalicelib.domain.desk.day_figures import FIGURES
from chalicelib.domain.desk.place import TURNS
from chalicelib.domain.desk.views import VIEWS
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.routing.agents import Agent
from chalicelib.entrypoints.http.desk.lists.board_views import board_view
from chalicelib.entrypoints.http.desk.lists.views import count_view, outcome_view, row_view
from chalicelib.usecases.desk.board import board
from chalicelib.usecases.desk.count_views import count_views
from chalicelib.usecases.desk.list_view import list_view
from tests.fakes import FakeServices
from tests.support.cases.webhooks import request
from tests.support.openapi import SCHEMAS, assert_shown


def test_a_row_and_a_count_have_all_that_the_document_names() -> None:
    services = FakeServices()
    services.hook("case.requested", request())
    row = list_view(services, "demo", "mei", "all", 1).rows[0]
    assert_shown("Row", row_view(row))
    assert_shown("Promise", row_view(row)["promise"])
    assert_shown("Row", row_view(replace(row, promise=None)))
    assert_shown("ViewCount", count_view(count_views(services, "demo", "mei").views[0]))


def test_an_outcome_has_all_that_the_document_names() -> None:
    assert_shown("Outcome", outcome_view(Outcome(case="c", number="7KQ-4XP", state="done")))
    refused = Outcome(case="c", state="refused", why="full", reason="lee is away, or has as many cases as they may.")
    assert_shown("Outcome", outcome_view(refused))
    assert SCHEMAS["Outcome"]["properties"]["state"]["enum"] == list(get_args(State))
    assert SCHEMAS["Outcome"]["properties"]["why"]["enum"] == [*get_args(Why), None]
    assert SCHEMAS["BulkCommand"]["enum"] == list(get_args(CommandName))


def test_the_board_has_all_that_the_document_names() -> None:
    services = FakeServices()
    services.agents.save("demo", Agent(id="mei"))
    services.hook("case.requested", request())
    services.time += 9 * DAY_MS
    shown = board_view(board(services, "demo", "mei"))
    assert_shown("Board", shown)
    assert_shown("BoardAgent", shown["agents"][0])
    assert_shown("BoardPromises", shown["broken"])
    assert_shown("Row", shown["broken"]["items"][0])
    assert_shown("DayFigure", shown["today"][0])
    assert_shown("Estimate", shown["today"][0]["today"])
    assert SCHEMAS["DayFigureName"]["enum"] == list(FIGURES)


def test_views_and_turns_are_those_of_the_code() -> None:
    assert SCHEMAS["View"]["enum"] == list(VIEWS)
    assert SCHEMAS["WhoseTurn"]["enum"] == list(TURNS)
