"""Commands on many cases at once: each is handled once, refused in words, and undone where nobody changed it since."""

import json
from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.desk.bulk import BulkIn, Outcome, UndoIn
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.routing.agents import Agent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework.tag_case import change_tags
from chalicelib.usecases.desk.bulk.run_bulk import run_bulk, undo_bulk
from chalicelib.usecases.routing import manage_agents
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import LEE, MEI
from tests.support.cases.webhooks import request

ASSIGN: dict[str, Any] = {"command": "assign", "body": {"assignee": "lee"}}
RESOLVE: dict[str, Any] = {"command": "status", "body": {"status": "resolved"}}


def opened(services: FakeServices, *names: str) -> list[str]:
    """The ids of new cases."""
    for name in names:
        services.hook("case.requested", request(external_id=name, type="question"))
    return [case_of(services, name).id for name in names]


def case_of(services: FakeServices, name: str) -> Case:
    case = services.cases.load(case_key(SHOP.id, name)).case
    assert case is not None
    return case


def bulk(services: FakeServices, command: dict[str, Any], key: str = "k", by: Actor = MEI, **select: Any) -> Any:
    body = Raw(json.dumps(command["body"]).encode())
    return run_bulk(services, BulkIn(shop=SHOP.id, command=command["command"], body=body, key=key, **select), by)


def undo(services: FakeServices, key: str = "k", by: Actor = MEI) -> Any:
    return undo_bulk(services, UndoIn(shop=SHOP.id, key=key), by)


def states(outcomes: Any) -> list[str]:
    return [outcome.state for outcome in outcomes]


def events(services: FakeServices, name: str) -> list[str]:
    return [event.type for event in services.cases.events(case_key(SHOP.id, name))]


def test_each_case_is_changed_and_those_that_are_so_already_are_not(services: FakeServices) -> None:
    ids = opened(services, "a", "b")
    handle_command.assign(services, Command(case=ids[1], shop=SHOP.id, by=MEI), payloads.Assignment(assignee="lee"))
    before = events(services, "b")
    done = bulk(services, ASSIGN, cases=tuple(ids))
    assert states(done.outcomes) == ["done", "unchanged"]
    assert case_of(services, "a").assignee == "lee"
    assert events(services, "b") == before


def test_all_cases_of_a_view_are_changed(services: FakeServices) -> None:
    opened(services, "a", "b")
    assert len(bulk(services, ASSIGN, view="unassigned").outcomes) == 2
    assert bulk(services, ASSIGN, key="again", view="unassigned").outcomes == ()


def test_a_view_of_more_is_gone_on_with_from_its_cursor(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.usecases.desk.bulk.plan_bulk.MOST", 2)
    opened(services, "a", "b", "c")
    first = bulk(services, RESOLVE, key="1", view="all")
    second = bulk(services, RESOLVE, key="2", view="all", after=first.next)
    assert (states(first.outcomes), states(second.outcomes), second.next) == (["done", "done"], ["done"], None)


def test_a_repeated_request_changes_nothing_more(services: FakeServices) -> None:
    ids = opened(services, "a")
    first = bulk(services, ASSIGN, cases=tuple(ids))
    handle_command.assign(services, Command(case=ids[0], shop=SHOP.id, by=LEE), payloads.Assignment(assignee="ana"))
    assert bulk(services, ASSIGN, cases=tuple(ids)) == first
    assert case_of(services, "a").assignee == "ana"


def test_a_request_that_broke_off_is_gone_on_with_and_changes_each_case_once(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a", "b")
    with monkeypatch.context() as broken:
        broken.setattr(services.bulks, "save", lambda *_: (_ for _ in ()).throw(RuntimeError("the function ended")))
        with pytest.raises(RuntimeError, match="ended"):
            bulk(services, ASSIGN, cases=tuple(ids))
    handle_command.assign(services, Command(case=ids[1], shop=SHOP.id, by=LEE), payloads.Assignment(assignee="ana"))
    assert states(bulk(services, ASSIGN, cases=tuple(ids)).outcomes) == ["done", "done"]
    assert [case_of(services, name).assignee for name in ("a", "b")] == ["lee", "ana"]
    assert events(services, "a").count("case_assigned") == 1
    assert states(undo(services).undone) == ["undone", "left"]


def test_a_key_is_for_one_request_of_one_agent(services: FakeServices) -> None:
    ids = opened(services, "a")
    bulk(services, ASSIGN, cases=tuple(ids))
    with pytest.raises(Invalid, match="another command"):
        bulk(services, RESOLVE, cases=tuple(ids))
    assert states(bulk(services, RESOLVE, by=LEE, cases=tuple(ids)).outcomes) == ["done"]
    with pytest.raises(NotFound):
        undo(services, by=Actor("agent", "ana"))


def test_what_is_refused_is_named_with_the_reason(services: FakeServices) -> None:
    ids = opened(services, "a", "b")
    handle_command.set_status(
        services, Command(case=ids[0], shop=SHOP.id, by=MEI), payloads.StatusChange(status="resolved")
    )
    wait = {"command": "status", "body": {"status": "waiting_customer"}}
    done = bulk(services, wait, cases=(*ids, "01KAJ4Z2C07Q9X3T5V8W1Y4A6B"))
    assert [(outcome.state, outcome.why) for outcome in done.outcomes] == [
        ("refused", "not_allowed"),
        ("done", None),
        ("refused", "gone"),
    ]
    assert "allowed: closed, open" in (done.outcomes[0].reason or "")


def test_another_shops_case_does_not_exist(services: FakeServices) -> None:
    ids = opened(services, "a")
    services.shops.save(Shop(**{name: getattr(SHOP, name) for name in SHOP.__struct_fields__} | {"id": "other"}))
    body = BulkIn(shop="other", command="assign", body=Raw(b'{"assignee": "lee"}'), key="k", cases=tuple(ids))
    assert [outcome.why for outcome in run_bulk(services, body, MEI).outcomes] == ["gone"]
    assert case_of(services, "a").assignee is None


@pytest.fixture
def staffed(services: FakeServices) -> FakeServices:
    """A shop whose agent Lee is here and takes two cases, and whose agent Ana is away."""
    services.shops.save(replace(SHOP, routes=True))
    for agent in (Agent(id="lee", capacity=2), Agent(id="ana")):
        services.agents.save(SHOP.id, agent)
    manage_agents.set_presence(services, SHOP.id, "lee", "here")
    return services


def test_who_is_full_or_away_gets_no_more_and_is_named(staffed: FakeServices) -> None:
    ids = opened(staffed, "a", "b", "c")
    done = bulk(staffed, ASSIGN, cases=tuple(ids))
    assert sorted(states(done.outcomes)) == ["done", "done", "refused"]
    refused = next(outcome for outcome in done.outcomes if outcome.state == "refused")
    assert refused.why == "full"
    assert "lee" in (refused.reason or "")
    to_ana = {"command": "assign", "body": {"assignee": "ana"}}
    assert [outcome.why for outcome in bulk(staffed, to_ana, key="2", cases=(refused.case,)).outcomes] == ["away"]
    status = staffed.agents.status(SHOP.id, "lee")
    assert status is not None
    assert status.load == 2


def test_an_undone_assignment_is_as_before(staffed: FakeServices) -> None:
    ids = opened(staffed, "a", "b")
    manage_agents.set_presence(staffed, SHOP.id, "ana", "here")
    handle_command.assign(staffed, Command(case=ids[0], shop=SHOP.id, by=MEI), payloads.Assignment(assignee="ana"))
    bulk(staffed, {"command": "assign", "body": {"assignee": "lee", "team": "shoes"}}, cases=tuple(ids))
    assert states(undo(staffed).undone) == ["undone", "undone"]
    assert [case_of(staffed, name).assignee for name in ("a", "b")] == ["ana", None]
    loads = {status.agent.id: status.load for status in staffed.agents.statuses(SHOP.id)}
    assert loads == {"lee": 0, "ana": 1}
    assert undo(staffed) == undo(staffed)


def test_an_assignment_to_somebody_who_is_no_agent_of_the_shop_is_undone_too(services: FakeServices) -> None:
    ids = opened(services, "a")
    bulk(services, ASSIGN, cases=tuple(ids))
    assert states(undo(services).undone) == ["undone"]
    case = case_of(services, "a")
    assert (case.assignee, case.routing.outside) == (None, False)


def test_what_somebody_changed_since_is_left_and_named(services: FakeServices) -> None:
    ids = opened(services, "a", "b")
    bulk(services, ASSIGN, cases=tuple(ids))
    handle_command.assign(services, Command(case=ids[0], shop=SHOP.id, by=LEE), payloads.Assignment(assignee="ana"))
    undone = undo(services).undone
    assert [(outcome.state, outcome.why) for outcome in undone] == [("left", "changed_since"), ("undone", None)]
    assert case_of(services, "a").assignee == "ana"


@pytest.mark.parametrize("former", ["open", "waiting_customer", "waiting_internal"])
def test_an_undone_resolution_has_its_former_status_again(services: FakeServices, former: Any) -> None:
    ids = opened(services, "a")
    handle_command.set_status(
        services, Command(case=ids[0], shop=SHOP.id, by=MEI), payloads.StatusChange(status=former)
    )
    bulk(services, RESOLVE, cases=tuple(ids))
    assert states(undo(services).undone) == ["undone"]
    assert case_of(services, "a").status == former


def test_a_case_that_was_new_is_open_after_an_undo(services: FakeServices) -> None:
    ids = opened(services, "a")
    bulk(services, RESOLVE, cases=tuple(ids))
    undo(services)
    assert case_of(services, "a").status == "open"


TAG: dict[str, Any] = {"command": "tags", "body": {"add": ["VIP", "recall"], "remove": ["new"]}}


def tag(services: FakeServices, identifier: str, **change: Any) -> None:
    change_tags(services, Command(case=identifier, shop=SHOP.id, by=LEE), TagChange(**change))


def test_tags_are_added_and_removed_and_an_undo_leaves_other_tags(services: FakeServices) -> None:
    ids = opened(services, "a", "b", "c")
    tag(services, ids[0], add=("vip", "new"))
    tag(services, ids[1], add=("vip", "recall"))
    assert states(bulk(services, TAG, cases=tuple(ids)).outcomes) == ["done", "unchanged", "done"]
    assert case_of(services, "a").tags == ("vip", "recall")
    tag(services, ids[0], add=("later",))
    tag(services, ids[2], remove=("vip",))
    assert states(undo(services).undone) == ["undone", "left"]
    assert [set(case_of(services, name).tags) for name in "abc"] == [
        {"vip", "new", "later"},
        {"vip", "recall"},
        {"recall"},
    ]


def test_a_case_with_open_tasks_is_not_resolved_without_a_reason(services: FakeServices) -> None:
    ids = opened(services, "a")
    key = case_key(SHOP.id, "a")
    task = Task(id="t", department="finance", title="…", due_at=NOON)
    stored = services.cases.stored[key]
    services.cases.stored[key] = replace(stored, case=replace(case_of(services, "a"), tasks=(task,)))
    assert [outcome.why for outcome in bulk(services, RESOLVE, cases=tuple(ids)).outcomes] == ["tasks_open"]


def test_an_agent_who_is_full_meanwhile_gets_nothing_back_and_is_named(staffed: FakeServices) -> None:
    ids = opened(staffed, "a", "b", "c")
    for identifier in ids[:2]:
        handle_command.assign(
            staffed, Command(case=identifier, shop=SHOP.id, by=MEI), payloads.Assignment(assignee="lee")
        )
    manage_agents.set_presence(staffed, SHOP.id, "ana", "here")
    bulk(staffed, {"command": "assign", "body": {"assignee": "ana"}}, cases=(ids[0],))
    handle_command.assign(staffed, Command(case=ids[2], shop=SHOP.id, by=MEI), payloads.Assignment(assignee="lee"))
    assert [(outcome.state, outcome.why) for outcome in undo(staffed).undone] == [("refused", "full")]


def test_a_tag_that_is_not_well_formed_is_refused_for_each_case(services: FakeServices) -> None:
    ids = opened(services, "a")
    done = bulk(services, {"command": "tags", "body": {"add": ["x" * 41]}}, cases=tuple(ids))
    assert [(outcome.state, outcome.why) for outcome in done.outcomes] == [("refused", "invalid")]


@pytest.mark.parametrize(
    ("select", "command", "message"),
    [
        ({}, ASSIGN, "cases"),
        ({"cases": ("x",), "view": "all"}, ASSIGN, "not both"),
        ({"view": "all"}, {"command": "assign", "body": {"assignee": 3}}, "body.assignee"),
        ({"view": "all"}, {"command": "status", "body": {}}, "body"),
        ({"view": "all"}, {"command": "assign", "body": {}}, "changes nothing"),
    ],
)
def test_a_request_that_is_not_understood_changes_nothing(
    services: FakeServices, select: dict[str, Any], command: dict[str, Any], message: str
) -> None:
    opened(services, "a")
    with pytest.raises(Invalid, match=message):
        bulk(services, command, **select)
    assert services.bulks.stored == {}


def broken_off(services: FakeServices, command: dict[str, Any], *cases: str) -> None:
    """A command whose outcomes were not stored, because the function ended."""
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(services.bulks, "save", ended)
        with pytest.raises(RuntimeError, match="ended"):
            bulk(services, command, cases=cases)


def ended(*_: object) -> None:
    raise RuntimeError("the function ended")


@pytest.mark.parametrize("command", [ASSIGN, RESOLVE, {"command": "tags", "body": {"add": ["late"]}}])
def test_a_command_that_broke_off_is_undone_and_never_gone_on_with(
    services: FakeServices, command: dict[str, Any]
) -> None:
    ids = opened(services, "a", "b")
    broken_off(services, command, *ids)
    assert states(undo(services).undone) == ["undone", "undone"]
    case = case_of(services, "a")
    assert (case.assignee, case.status, case.tags) == (None, "open" if command == RESOLVE else "new", ())
    before = events(services, "a")
    assert states(bulk(services, command, cases=tuple(ids)).outcomes) == ["done", "done"]
    assert events(services, "a") == before


def test_what_was_not_reached_before_an_undo_is_not_done_by_an_attempt_that_still_runs(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a", "b")
    real = services.cases.load_many

    def undone_meanwhile(keys: Any) -> Any:
        monkeypatch.setattr(services.cases, "load_many", real)
        undo(services)
        return real(keys)

    monkeypatch.setattr(services.cases, "load_many", undone_meanwhile)
    assert states(bulk(services, ASSIGN, cases=tuple(ids)).outcomes) == ["unchanged", "unchanged"]
    assert [case_of(services, name).assignee for name in ("a", "b")] == [None, None]
    assert states(bulk(services, ASSIGN, cases=tuple(ids)).outcomes) == ["unchanged", "unchanged"]


def test_an_undo_that_read_the_plan_before_the_outcomes_were_stored_does_not_lose_them(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a", "b")
    broken_off(services, ASSIGN, *ids)
    (plan,) = services.bulks.stored.values()
    outcomes = bulk(services, ASSIGN, cases=tuple(ids)).outcomes
    with monkeypatch.context() as late:
        late.setattr(services.bulks, "load", lambda *_: (plan, late.undo())[0])  # type: ignore[func-returns-value]
        assert states(undo(services).undone) == ["undone", "undone"]
    (stored,) = services.bulks.stored.values()
    assert (stored.outcomes, states(stored.undone)) == (outcomes, ["undone", "undone"])


def test_of_two_attempts_at_the_same_time_what_one_of_them_did_is_done(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a")
    broken_off(services, ASSIGN, *ids)
    (plan,) = services.bulks.stored.values()
    refused = Outcome(case=ids[0], state="refused", why="busy")
    services.bulks.save(SHOP.id, replace(plan, outcomes=(refused,)), services.now())
    with monkeypatch.context() as late:
        late.setattr(services.bulks, "load", lambda *_: (plan, late.undo())[0])  # type: ignore[func-returns-value]
        assert states(bulk(services, ASSIGN, cases=tuple(ids)).outcomes) == ["done"]
    assert states(undo(services).undone) == ["undone"]


def undo_that_breaks_off(services: FakeServices) -> None:
    """An undo whose outcomes were not stored, because the function ended."""
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(services.bulks, "save", ended)
        with pytest.raises(RuntimeError, match="ended"):
            undo(services)


@pytest.mark.parametrize("command", [ASSIGN, RESOLVE, {"command": "tags", "body": {"add": ["late"]}}])
def test_an_undo_that_broke_off_and_is_repeated_does_not_take_its_own_work_for_somebody_elses(
    services: FakeServices, command: dict[str, Any]
) -> None:
    ids = opened(services, "a", "b")
    bulk(services, command, cases=tuple(ids))
    undo_that_breaks_off(services)
    before = events(services, "a")
    assert states(undo(services).undone) == ["undone", "undone"]
    assert events(services, "a") == before


def test_an_undo_that_broke_off_between_reopening_and_the_former_status_goes_on(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a")
    wait = payloads.StatusChange(status="waiting_customer")
    handle_command.set_status(services, Command(case=ids[0], shop=SHOP.id, by=MEI), wait)
    bulk(services, RESOLVE, cases=tuple(ids))
    commit = services.cases.commit

    def once_only(change: Any) -> None:
        monkeypatch.setattr(services.cases, "commit", ended)
        commit(change)

    monkeypatch.setattr(services.cases, "commit", once_only)
    with pytest.raises(RuntimeError, match="ended"):
        undo(services)
    assert case_of(services, "a").status == "open"
    monkeypatch.setattr(services.cases, "commit", commit)
    assert states(undo(services).undone) == ["undone"]
    assert case_of(services, "a").status == "waiting_customer"


def test_what_somebody_changed_after_an_undo_that_broke_off_is_left_by_its_repetition(services: FakeServices) -> None:
    ids = opened(services, "a")
    bulk(services, RESOLVE, cases=tuple(ids))
    undo_that_breaks_off(services)
    by_lee = Command(case=ids[0], shop=SHOP.id, by=LEE)
    handle_command.set_status(services, by_lee, payloads.StatusChange(status="resolved"))
    assert states(undo(services).undone) == ["undone"]
    assert case_of(services, "a").status == "resolved"


def meanwhile(services: FakeServices, monkeypatch: pytest.MonkeyPatch, do: Any) -> None:
    """Have somebody do something between the plan of a command and its first case."""
    plan = services.bulks.plan

    def planned(*given: Any) -> Any:
        stored = plan(*given)
        do()
        return stored

    monkeypatch.setattr(services.bulks, "plan", planned)


@pytest.mark.parametrize("command", [ASSIGN, RESOLVE, {"command": "tags", "body": {"add": ["late"]}}])
def test_what_somebody_else_did_first_is_not_taken_for_done_and_not_undone(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch, command: dict[str, Any]
) -> None:
    ids = opened(services, "a", "b")

    def by_lee() -> None:
        lee = Command(case=ids[0], shop=SHOP.id, by=LEE)
        handle_command.assign(services, lee, payloads.Assignment(assignee="lee"))
        handle_command.set_status(services, lee, payloads.StatusChange(status="resolved"))
        tag(services, ids[0], add=("late",))

    meanwhile(services, monkeypatch, by_lee)
    assert states(bulk(services, command, cases=tuple(ids)).outcomes) == ["unchanged", "done"]
    assert [outcome.case for outcome in undo(services).undone] == [ids[1]]
    case = case_of(services, "a")
    assert (case.assignee, case.status, case.tags) == ("lee", "resolved", ("late",))


@pytest.mark.parametrize("command", [ASSIGN, RESOLVE, {"command": "tags", "body": {"add": ["late"]}}])
def test_what_somebody_else_did_first_while_the_case_was_written_is_not_taken_for_done(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch, command: dict[str, Any]
) -> None:
    ids = opened(services, "a")
    commit = services.cases.commit

    def lee_first(change: Any) -> None:
        monkeypatch.setattr(services.cases, "commit", commit)
        lee = Command(case=ids[0], shop=SHOP.id, by=LEE)
        handle_command.assign(services, lee, payloads.Assignment(assignee="lee"))
        handle_command.set_status(services, lee, payloads.StatusChange(status="resolved"))
        tag(services, ids[0], add=("late",))
        commit(change)

    monkeypatch.setattr(services.cases, "commit", lee_first)
    assert states(bulk(services, command, cases=tuple(ids)).outcomes) == ["unchanged"]
    assert undo(services).undone == ()


def test_what_somebody_else_did_first_is_not_undone_if_the_command_broke_off_either(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a", "b")
    lee = Command(case=ids[0], shop=SHOP.id, by=LEE)
    resolved = payloads.StatusChange(status="resolved")
    meanwhile(services, monkeypatch, lambda: handle_command.set_status(services, lee, resolved))
    broken_off(services, RESOLVE, *ids)
    assert [outcome.case for outcome in undo(services).undone] == [ids[1]]
    assert [case_of(services, name).status for name in ("a", "b")] == ["resolved", "open"]


def test_a_case_that_somebody_assigned_between_the_plan_and_the_command_goes_back_to_whom_they_chose(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = opened(services, "a", "b")
    lee = Command(case=ids[0], shop=SHOP.id, by=LEE)
    to_ana = payloads.Assignment(assignee="ana")
    meanwhile(services, monkeypatch, lambda: handle_command.assign(services, lee, to_ana))
    assert states(bulk(services, ASSIGN, cases=tuple(ids)).outcomes) == ["done", "done"]
    assert states(undo(services).undone) == ["undone", "undone"]
    assert [case_of(services, name).assignee for name in ("a", "b")] == ["ana", None]
