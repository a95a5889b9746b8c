"""The desk's lists in the table: which cases are in them, what they cost to read at any size, and cases that an earlier
version stored."""

from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.desk import list_filling
from chalicelib.adapters.desk.desk_table import DeskTable
from chalicelib.adapters.desk.list_filling import ListFilling
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import payloads
from chalicelib.domain.desk.views import VIEWS, Span, View, span_of
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS
from chalicelib.domain.routing.agents import Agent
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.desk.count_views import count_views
from chalicelib.usecases.desk.list_view import list_view
from chalicelib.usecases.desk.rows import rows_of
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports.cases import StoredCase
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import command, given_case


def listed(services: AwsServices, view: View, reader: str = "mei", limit: int = 50) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = list_view(services, "demo", reader, view, limit, after)
        found += [row.id[-16:] for row in page.rows]
        after = page.next
        if after is None:
            return found


def state_of(services: AwsServices, stored: StoredCase) -> dict[str, object]:
    item = services.table.get(keys.case(stored.key), "C")
    assert item is not None
    return item


def copies(services: AwsServices, stored: StoredCase, number: int) -> list[str]:
    """So many more cases like a stored one, each due a second after the one before. Of those that no page shows, only
    what lists them is stored."""
    item = state_of(services, stored)
    opening = services.table.get(keys.case(stored.key), keys.event("0"))
    assert opening is not None
    first = int(str(item["due"])[:13])
    made = [key_of("copy", str(count)) for count in range(number)]
    listed_by = {name: item[name] for name in ("sk", "desk_key", "due", "about")}
    services.table.write_many(
        [
            (item if place < 100 else listed_by)
            | {"pk": keys.case(key), "due": keys.desk_sort(first + place * 1000, key)}
            for place, key in enumerate(made)
        ]
    )
    without_text = {name: value for name, value in opening.items() if name not in ("sealed", "whose")}
    services.table.write_many([without_text | {"pk": keys.case(key)} for key in made[:100]])
    return made


def test_a_case_is_where_its_turn_and_its_assignee_put_it_and_leaves_when_it_is_resolved(services: AwsServices) -> None:
    stored = given_case(services)
    lists = []
    for change in ("assign", "reply", "waiting_customer", "resolved"):
        lists.append(state_of(services, stored).get("desk_key"))
        if change == "assign":
            handle_command.assign(services, command(stored), payloads.Assignment(assignee="mei"))
        elif change == "reply":
            write_reply.write(services, command(stored), payloads.Message(body="好的"))
        else:
            status: Status = "resolved" if change == "resolved" else "waiting_customer"
            handle_command.set_status(services, command(stored), payloads.StatusChange(status=status))
    assert lists == ["demo#unassigned#us", "demo#assigned#us", "demo#assigned#us", "demo#assigned#customer"]
    assert state_of(services, stored).keys().isdisjoint({"desk_key", "due", "team", "about"})
    assert listed(services, "all") == listed(services, "mine") == []


def test_the_views_of_the_table_show_cases_in_order_with_their_words(services: AwsServices) -> None:
    first, second = (given_case(services, name) for name in ("a", "b"))
    handle_command.assign(services, command(second), payloads.Assignment(assignee="mei", team="shoes"))
    assert listed(services, "all") == listed(services, "all", limit=1) == [first.key, second.key]
    assert (listed(services, "unassigned"), listed(services, "mine")) == ([first.key], [second.key])
    row = list_view(services, "demo", "mei", "all", 1).rows[0]
    assert (row.subject, row.customer_name) == ("灯不亮", "王芳")
    services.agents.save("demo", Agent(id="mei", teams=("shoes",)))
    assert listed(services, "team") == [second.key]


def test_a_case_that_left_a_list_after_it_was_read_is_not_shown(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    stale = list(services.desk.first("demo", unassigned(), 10))
    handle_command.assign(services, command(stored), payloads.Assignment(assignee="mei"))
    monkeypatch.setattr(DeskTable, "listed", lambda *_: (entry for each in stale for entry in each))
    assert list_view(services, "demo", "mei", "unassigned", 10).rows == []


def unassigned() -> Span:
    return span_of("unassigned", 0)


def test_another_shops_cases_are_in_no_list(services: AwsServices) -> None:
    given_case(services)
    assert list_view(services, "other", "mei", "all", 10).rows == []
    assert {each.count for each in count_views(services, "other", "mei").views} == {0}


def requests(services: AwsServices, view: View) -> "tuple[Counter[str], Counter[str]]":
    """The calls to DynamoDB of a page of fifty rows, and of all counts, by a process that has done both before."""
    list_view(services, "demo", "mei", view, 50)
    count_views(services, "demo", "mei")
    services.begin()
    with counted_calls() as of_page:
        list_view(services, "demo", "mei", view, 50)
    services.begin()
    with counted_calls() as of_counts:
        count_views(services, "demo", "mei")
    return Counter(of_page), Counter(of_counts)


@pytest.fixture
def full(services: AwsServices) -> AwsServices:
    """A shop whose lists are known to be full, and whose mei has a team with a colleague."""
    for name in ("mei", "lee"):
        services.agents.save("demo", Agent(id=name, teams=("shoes",)))
    services.table.put(
        {"pk": keys.desk("demo"), "sk": "LISTS", "format": list_filling.FORMAT, "passes": 2, "cursor": ""}
    )
    return services


def test_a_page_and_the_counts_take_the_same_requests_with_a_hundred_cases_and_with_three_thousand(
    full: AwsServices,
) -> None:
    stored = given_case(full)
    copies(full, stored, 100)
    few = {view: requests(full, view) for view in ("all", "breached", "unassigned")}
    copies(full, stored, 3_000)  # `bench.desk` has ten thousand
    many = {view: requests(full, view) for view in ("all", "breached", "unassigned")}
    assert many == few
    of_page, of_counts = many["all"]
    assert of_page["query"] <= 12
    assert of_page["batch_get_item"] <= 6
    assert of_counts.total() <= 17
    assert len(list_view(full, "demo", "mei", "all", 50).rows) == 50


def test_what_agents_saw_is_kept_each_for_themselves_and_never_goes_back(services: AwsServices) -> None:
    now = services.now()
    services.desk.mark_seen("demo", "mei", "A" * 16, 3, now)
    services.desk.mark_seen("demo", "mei", "A" * 16, 2, now)
    services.desk.mark_seen("demo", "lee@example.com", "A" * 16, 1, now)
    assert services.desk.seen("demo", "mei", ["A" * 16, "B" * 16]) == {"A" * 16: 3}
    assert services.desk.seen("demo", "lee@example.com", ["A" * 16]) == {"A" * 16: 1}
    item = services.table.get(keys.seen("demo", "mei"), "A" * 16)
    assert item is not None
    assert item["ttl"] > now // 1000


def test_a_look_that_lost_a_race_does_not_overwrite_a_later_one(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = services.now()
    services.desk.mark_seen("demo", "mei", "A" * 16, 5, now)
    with monkeypatch.context() as patched:
        patched.setattr(services.table, "get", lambda *_: None)
        services.desk.mark_seen("demo", "mei", "A" * 16, 4, now)
    assert services.desk.seen("demo", "mei", ["A" * 16]) == {"A" * 16: 5}


def test_who_added_something_last_is_stored_with_the_case(services: AwsServices) -> None:
    stored = given_case(services)
    write_reply.write(services, command(stored), payloads.Message(body="好的"))
    stored = services.cases.load(stored.key)
    assert [(each.version, each.by) for each in stored.latest] == [(2, "mei")]
    assert not list_view(services, "demo", "mei", "all", 1).rows[0].unread
    assert list_view(services, "demo", "lee", "all", 1).rows[0].unread


def as_an_earlier_version_stored(services: AwsServices, stored: StoredCase) -> None:
    item = state_of(services, stored)
    left_out = ("desk_key", "due", "team", "about", "latest")
    services.table.put({name: value for name, value in item.items() if name not in left_out})


def test_cases_of_an_earlier_version_are_listed_at_the_first_request(services: AwsServices) -> None:
    stored = [given_case(services, f"web-{number}") for number in range(3)]
    for each in stored:
        as_an_earlier_version_stored(services, each)
    assert sorted(listed(services, "all")) == sorted(each.key for each in stored)
    assert [services.cases.load(each.key).version for each in stored] == [1, 1, 1]
    assert {row.unread for row in list_view(services, "demo", "mei", "all", 9).rows} == {True}


def test_filling_goes_on_where_it_stopped_and_says_so_until_it_is_through(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = [given_case(services, f"web-{number}") for number in range(9)]
    for each in stored:
        as_an_earlier_version_stored(services, each)
    monkeypatch.setattr(list_filling, "MAX_KEYS", 2)
    now = services.now()
    answers = [services.desk.fill("demo", now, now) for _ in range(2)]
    assert answers == [False, False]
    while not services.desk.fill("demo", now, now):
        pass
    assert sorted(listed(services, "all")) == sorted(each.key for each in stored)


def test_what_a_function_of_the_version_before_wrote_meanwhile_is_listed_a_little_later(services: AwsServices) -> None:
    stored, now = given_case(services), services.now()
    assert services.desk.fill("demo", now, now + HOUR_MS)
    as_an_earlier_version_stored(services, stored)
    assert services.desk.fill("demo", now + MINUTE_MS, now + HOUR_MS)
    assert listed(services, "all") == []
    assert services.desk.fill("demo", now + HOUR_MS, now + 2 * HOUR_MS)
    assert listed(services, "all") == [stored.key]


def test_a_case_that_changes_while_lists_are_filled_is_not_overwritten(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    as_an_earlier_version_stored(services, stored)
    filling = ListFilling._list

    def changed_before(self: ListFilling, shop: str, item: Item) -> None:
        handle_command.set_status(services, command(stored), payloads.StatusChange(status="resolved"))
        filling(self, shop, item)

    monkeypatch.setattr(ListFilling, "_list", changed_before)
    now = services.now()
    assert services.desk.fill("demo", now, now + HOUR_MS)
    assert "desk_key" not in state_of(services, stored)
    assert services.cases.load(stored.key).version == 2


def test_counts_of_the_table_are_what_its_views_show(services: AwsServices) -> None:
    for number in range(5):
        stored = given_case(services, f"web-{number}")
        if number % 2:
            handle_command.assign(services, command(stored), payloads.Assignment(assignee="mei"))
    counts = {each.view: each.count for each in count_views(services, "demo", "mei").views}
    assert counts == {view: len(listed(services, view)) for view in VIEWS}


def test_the_lists_say_what_the_board_counts_by(services: AwsServices) -> None:
    stored = given_case(services, type="return")
    handle_command.assign(services, command(stored), payloads.Assignment(team="shoes"))
    entries = [entry for each in services.desk.first("demo", unassigned(), 10) for entry in each]
    assert [(entry.type, entry.language, entry.team, entry.assignee) for entry in entries] == [
        ("return", "zh-CN", "shoes", None)
    ]
    handle_command.assign(services, command(stored), payloads.Assignment(assignee="lee#1"))
    found = services.desk.listed("demo", span_of("all", 0), None, 10)
    assert isinstance(found, Iterator)
    assert [entry.assignee for entry in found] == ["lee#1"]


def test_a_row_of_a_case_that_is_gone_is_left_out(services: AwsServices) -> None:
    stored = given_case(services)
    assert [row.id for row in rows_of(services, "demo", "mei", [stored.key, "Z" * 16])] == [
        stored.case.id if stored.case else ""
    ]
