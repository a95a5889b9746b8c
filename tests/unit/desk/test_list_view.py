"""The views of the desk: which cases each shows to whom, in which order, and how many it counts."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.mentions import Mention
from chalicelib.domain.desk.views import VIEWS, Span, View, team_of
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS
from chalicelib.domain.routing.agents import Agent
from chalicelib.usecases.desk.count_views import EXACT, count_views
from chalicelib.usecases.desk.list_view import list_view, view_named
from chalicelib.usecases.ports.desk import Listed
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import command, reply
from tests.support.cases.webhooks import request


def opened(services: FakeServices, name: str, **changes: Any) -> str:
    """The key of a case that was just opened, changed as a test wants it to be."""
    services.hook("case.requested", request(external_id=name, type="question"))
    key = case_key(SHOP.id, name)
    stored = services.cases.stored[key]
    assert stored.case is not None
    services.cases.stored[key] = replace(stored, case=replace(stored.case, **changes))
    return key


def due(case: Case, at: int) -> Case:
    return replace(case, clocks=tuple(replace(clock, due_at=at) for clock in case.clocks))


def due_at(services: FakeServices, name: str, at: int, **changes: Any) -> str:
    key = opened(services, name, **changes)
    stored = services.cases.stored[key]
    assert stored.case is not None
    services.cases.stored[key] = replace(stored, case=due(stored.case, at))
    return key


def shown(services: FakeServices, view: View, reader: str = "mei", limit: int = 50) -> list[str]:
    """The keys of the rows of a view, page by page."""
    keys: list[str] = []
    after = None
    while True:
        page = list_view(services, SHOP.id, reader, view, limit, after)
        keys += [row.id[-16:] for row in page.rows]
        after = page.next
        if after is None:
            return keys


def counted(services: FakeServices, reader: str = "mei") -> dict[str, int]:
    return {each.view: each.count for each in count_views(services, SHOP.id, reader).views}


def test_a_view_lists_by_the_next_promise_that_would_break(services: FakeServices) -> None:
    late = due_at(services, "late", NOON + 5 * HOUR_MS)
    soon = due_at(services, "soon", NOON + 10 * MINUTE_MS)
    broken = due_at(services, "broken", NOON - MINUTE_MS)
    assert shown(services, "all") == [broken, soon, late]
    assert (shown(services, "breached"), shown(services, "due_soon")) == ([broken], [soon])


def test_mine_are_the_open_cases_that_are_assigned_to_me(services: FakeServices) -> None:
    later = due_at(services, "later", NOON + 5 * HOUR_MS, assignee="mei")
    sooner = due_at(services, "sooner", NOON + HOUR_MS, assignee="mei")
    opened(services, "of-another", assignee="lee")
    opened(services, "done", assignee="mei", status="resolved")
    assert shown(services, "mine") == [sooner, later]
    assert shown(services, "mine", limit=1) == [sooner, later]


def test_a_snoozed_case_is_in_no_list_but_its_own_and_among_the_broken_promises(services: FakeServices) -> None:
    asleep = {"parts": {"snooze": {"since": NOON, "until": NOON}}}
    key = due_at(services, "asleep", NOON - MINUTE_MS, assignee="mei", **asleep)
    views: tuple[View, ...] = ("mine", "all", "team", "unassigned", "due_soon")
    assert [shown(services, view) for view in views] == [[]] * len(views)
    assert (shown(services, "snoozed"), shown(services, "breached")) == ([key], [key])


@pytest.fixture
def staffed(services: FakeServices) -> FakeServices:
    for agent in (
        Agent(id="mei", teams=("shoes",)),
        Agent(id="lee", teams=("shoes", "lamps")),
        Agent(id="ana", teams=("lamps",)),
        Agent(id="all"),
    ):
        services.agents.save(SHOP.id, agent)
    return services


def test_a_team_has_the_cases_of_its_members_and_those_that_wait_for_one(staffed: FakeServices) -> None:
    of_team = [opened(staffed, name, assignee=name) for name in ("mei", "lee", "all")]
    of_team.append(opened(staffed, "waits", team="shoes"))
    opened(staffed, "ana", assignee="ana")
    opened(staffed, "waits-too", team="lamps")
    opened(staffed, "of-nobody")
    assert set(shown(staffed, "team")) == set(of_team)
    assert counted(staffed)["team"] == 4
    assert (shown(staffed, "team", "somebody"), counted(staffed, "somebody")["team"]) == ([], 0)
    assert counted(staffed, "all")["team"] == len(shown(staffed, "team", "all")) == 7


AGENTS = st.builds(
    Agent,
    id=st.sampled_from(["mei", "lee", "ana", "bo"]),
    teams=st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(tuple),
)


@given(st.lists(AGENTS, unique_by=lambda agent: agent.id))
def test_who_is_in_my_team_has_me_in_theirs(agents: list[Agent]) -> None:
    for me in agents:
        assert me.id in team_of(me.id, agents).members
        for other in team_of(me.id, agents).members:
            assert me.id in team_of(other, agents).members


def test_counts_are_what_the_views_show(staffed: FakeServices) -> None:
    for number in range(12):
        owner = {"assignee": "mei"} if number % 3 == 0 else {}
        due_at(staffed, f"c-{number}", NOON + (number - 4) * 20 * MINUTE_MS, **owner)
    assert counted(staffed) == {view: len(shown(staffed, view)) for view in VIEWS}


def test_a_long_view_is_counted_up_to_a_hundred_and_no_further(services: FakeServices) -> None:
    for number in range(EXACT + 1):
        due_at(services, f"c-{number}", NOON - HOUR_MS)
    for number in range(3):
        due_at(services, f"soon-{number}", NOON + MINUTE_MS)
    counts = {each.view: (each.count, each.more) for each in count_views(services, SHOP.id, "mei").views}
    assert (counts["all"], counts["breached"]) == ((EXACT, True), (EXACT, True))
    assert counts["due_soon"] == (3, False)


def test_what_is_due_soon_behind_many_broken_promises_is_counted_to_its_end(services: FakeServices) -> None:
    for number in range(EXACT - 5):
        due_at(services, f"c-{number}", NOON - HOUR_MS)
    for number in range(9):
        due_at(services, f"soon-{number}", NOON + number * MINUTE_MS)
    assert counted(services)["due_soon"] == 9


@pytest.mark.parametrize(("others", "count"), [(EXACT - 1, (1, False)), (EXACT + 1, (0, True))])
def test_behind_many_cases_of_others_a_team_may_have_more_than_its_count_says(
    staffed: FakeServices, others: int, count: tuple[int, bool]
) -> None:
    for number in range(others):
        due_at(staffed, f"c-{number}", NOON - HOUR_MS)
    due_at(staffed, "ours", NOON, team="shoes")
    (team,) = [each for each in count_views(staffed, SHOP.id, "mei").views if each.view == "team"]
    assert (team.count, team.more) == count


@pytest.mark.parametrize(("reader", "count"), [("all", EXACT), ("somebody", 0)])
def test_a_long_queue_is_read_no_further_than_a_team_needs(
    staffed: FakeServices, monkeypatch: pytest.MonkeyPatch, reader: str, count: int
) -> None:
    for number in range(EXACT + 1):
        opened(staffed, f"c-{number}")
    read: list[int] = []
    first = staffed.desk.first

    def noted(shop: str, span: Span, most: int) -> list[list[Listed]]:
        read.append(most)
        return first(shop, span, most)

    monkeypatch.setattr(staffed.desk, "first", noted)
    assert counted(staffed, reader)["team"] == count
    assert set(read) == {EXACT + 1}


def test_a_case_is_unread_until_it_is_seen_and_again_when_others_add_something(services: FakeServices) -> None:
    key = opened(services, "web-1")

    def unread(reader: str) -> bool:
        return list_view(services, SHOP.id, reader, "all", 10).rows[0].unread

    assert unread("mei")
    services.desk.mark_seen(SHOP.id, "mei", key, services.cases.load(key).version, NOON)
    assert (unread("mei"), unread("lee")) == (False, True)
    reply(services)
    assert not unread("mei")
    assert command(services).by.id == "mei"
    services.hook("message.received", {"case_external_id": "web-1", "author": "customer", "message": "?"})
    assert unread("mei")


def test_a_row_has_what_a_list_shows(services: FakeServices) -> None:
    opened(services, "web-1", tags=("vip",))
    (row,) = list_view(services, SHOP.id, "mei", "all", 10).rows
    assert (row.subject, row.customer_name, row.turn, row.tags) == ("鞋子偏小", "王芳", "us", ("vip",))
    assert row.promise is not None
    assert row.promise.name == "first_reply"


def test_a_view_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    assert view_named("mine") == "mine"
    with pytest.raises(NotFound, match="due_soon"):
        view_named("urgent")


@given(st.data())
def test_pages_of_any_size_show_each_case_once_and_in_order(data: st.DataObject) -> None:
    services = FakeServices()
    times: Sequence[int] = data.draw(st.lists(st.integers(-3, 3), max_size=7))
    for number, hours in enumerate(times):
        due_at(services, f"c-{number}", NOON + hours * HOUR_MS)
    limit = data.draw(st.integers(1, 4))
    assert shown(services, "all", limit=limit) == shown(services, "all")
    assert len(set(shown(services, "all"))) == len(times)


def test_mentions_are_the_cases_in_which_one_is_mentioned_and_has_not_read_it(services: FakeServices) -> None:
    first, second = opened(services, "a"), opened(services, "b", status="resolved")
    for number, key in enumerate((first, second, first)):
        case = services.cases.load(key).case
        assert case is not None
        event = f"01KAJ4Z2C07Q9X3T5V8W1Y4A6{number}"
        services.mentions.add(Mention(shop=SHOP.id, agent="mei", case=case.id, event=event, by="lee", at=NOON + number))
    assert shown(services, "mentions") == [first, second]
    assert (counted(services)["mentions"], counted(services, "lee")["mentions"]) == (2, 0)
