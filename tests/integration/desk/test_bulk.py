"""Commands on many cases at once, in the table: several are changed at the same time, and all of one agent's load is
counted."""

from itertools import count
from typing import Any

import msgspec
import pytest
from msgspec import Raw, convert
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.macros import MacroIn
from chalicelib.domain.desk.bulk import MOST, Bulk, BulkIn, Former, Outcome, Planned, UndoIn
from chalicelib.domain.kernel.ids import case_key, key_of, new_id
from chalicelib.domain.routing.agents import Agent
from chalicelib.usecases.composer.macros.manage_macros import put_macro
from chalicelib.usecases.desk.bulk.run_bulk import run_bulk, undo_bulk
from chalicelib.usecases.ports.cases import Change, VersionConflict
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.desk.visitor import Visitor
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import MEI, given_case

CASES = 12


def test_many_cases_are_assigned_at_the_same_time_and_each_counts_once(services: AwsServices) -> None:
    services.shops.save(replace(shop_of(services, "demo"), routes=True))
    services.agents.save("demo", Agent(id="lee", capacity=CASES - 2))
    services.agents.set_presence("demo", "lee", "here", services.now())
    for number in range(CASES):
        given_case(services, f"web-{number}")
    body = BulkIn(shop="demo", view="unassigned", command="assign", body=Raw(b'{"assignee": "lee"}'), key="k")
    done = run_bulk(services, body, MEI)
    assert sorted(outcome.state for outcome in done.outcomes) == ["done"] * (CASES - 2) + ["refused"] * 2
    assert {outcome.why for outcome in done.outcomes if outcome.state == "refused"} == {"full"}
    assert load(services) == CASES - 2
    assert run_bulk(services, body, MEI) == done
    undone = undo_bulk(services, UndoIn(shop="demo", key="k"), MEI)
    assert [outcome.state for outcome in undone.undone] == ["undone"] * (CASES - 2)
    assert load(services) == 0


def load(services: AwsServices) -> int:
    status = services.agents.status("demo", "lee")
    assert status is not None
    return status.load


def test_a_case_takes_a_transaction_and_the_look_at_its_agent(services: AwsServices) -> None:
    services.shops.save(replace(shop_of(services, "demo"), routes=True))
    services.agents.save("demo", Agent(id="lee", capacity=CASES))
    services.agents.set_presence("demo", "lee", "here", services.now())
    ids = [stored.case.id for number in range(4) if (stored := given_case(services, f"web-{number}")).case]
    body = BulkIn(shop="demo", cases=tuple(ids), command="assign", body=Raw(b'{"assignee": "lee"}'), key="k")
    services.begin()
    with counted_calls() as calls:
        run_bulk(services, body, MEI)
    assert calls["transact_write_items"] >= len(ids)
    assert calls["batch_get_item"] <= 4


def test_the_largest_command_fits_into_an_item(services: AwsServices) -> None:
    former = Former(
        assignee="a.long.name@example.com", team="a team of some name", tags=tuple(f"t-{n}" for n in range(20))
    )
    cases = [Planned(case=new_id(n, key_of(str(n))), number="7KQ-4XP", former=former) for n in range(MOST)]
    outcomes = [
        Outcome(case=each.case, number=each.number, state="refused", why="tasks_open", reason="x" * 200)
        for each in cases
    ]
    bulk = Bulk(
        key="k",
        digest="d",
        command="assign",
        body="{}",
        cases=tuple(cases),
        outcomes=tuple(outcomes),
        undone=tuple(outcomes),
    )
    assert services.bulks.plan("demo", bulk, services.now()) == bulk
    assert services.bulks.plan("demo", replace(bulk, digest="other"), services.now()) == bulk
    bulk = services.bulks.save("demo", bulk, services.now())
    item = services.table.get(keys.bulk("demo"), "k")
    assert item is not None
    assert len(item["bulk"]) < 100_000
    assert item["ttl"] > services.now() // 1000
    assert services.bulks.load("demo", "k") == bulk


def test_outcomes_are_not_stored_over_those_that_somebody_else_stored(services: AwsServices) -> None:
    plan = services.bulks.plan("demo", Bulk(key="k", digest="d", command="assign", body="{}", cases=()), services.now())
    first = services.bulks.save("demo", replace(plan, outcomes=(Outcome(case="1", state="done"),)), services.now())
    with pytest.raises(VersionConflict):
        services.bulks.save("demo", plan, services.now())
    undone = services.bulks.save("demo", replace(first, undone=(Outcome(case="1", state="left"),)), services.now())
    with pytest.raises(VersionConflict):
        services.bulks.save("demo", first, services.now())
    assert services.bulks.load("demo", "k") == undone


DELAY: dict[str, Any] = {
    "name": {"zh": "延误", "en": "Delay"},
    "text": {"zh": "抱歉。", "en": "Sorry."},
    "note": {"zh": "延误"},
    "actions": {"tags": {"add": ["late"]}},
}


@pytest.mark.parametrize(
    ("command", "given"), [("tags", {"add": ["late"]}), ("macro", {"macro": "delay"}), ("macro", {"macro": "quiet"})]
)
def test_a_command_that_broke_off_half_way_is_undone_and_ends_there(
    desk: AwsServices, command: Any, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_macro(desk, "demo", "delay", convert(DELAY, MacroIn), "lin")
    put_macro(desk, "demo", "quiet", convert(DELAY | {"note": None}, MacroIn), "lin")
    ids = [stored.case.id for number in range(3) if (stored := given_case(desk, f"web-{number}")).case]
    body = BulkIn(shop="demo", cases=tuple(ids), command=command, body=Raw(msgspec.json.encode(given)), key="k")
    commit, committed = desk.cases.commit, count()

    def ends_after_one(change: Change) -> None:
        if next(committed):
            raise RuntimeError("the function ended")
        commit(change)

    with monkeypatch.context() as broken:
        broken.setattr("chalicelib.usecases.desk.bulk.run_bulk.WORKERS", 1)
        broken.setattr(desk.cases, "commit", ends_after_one)
        with pytest.raises(RuntimeError, match="ended"):
            run_bulk(desk, body, MEI)
    undone = undo_bulk(desk, UndoIn(shop="demo", key="k"), MEI).undone
    assert [(outcome.case, outcome.why) for outcome in undone] == [
        (ids[0], "stays" if given == {"macro": "delay"} else None)
    ]
    before = cases_of(desk)
    assert {case.tags for case in before} == {()}
    assert [outcome.state for outcome in run_bulk(desk, body, MEI).outcomes] == ["done", "unchanged", "unchanged"]
    assert cases_of(desk) == before


def test_all_of_a_view_get_a_reply_once_although_it_moves_them_behind_the_cursor(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.usecases.desk.bulk.plan_bulk.MOST", 2)
    put_macro(desk, "demo", "delay", convert(DELAY, MacroIn), "lin")
    stored = [given_case(desk, f"web-{number}") for number in range(4)]
    visitor = Visitor.signed_in("mei")
    form = {"command": "macro", "macro": "delay", "reply": "1", "confirmed": "1", "view": "all", "all": "1"}
    page, batches = visitor.post("demo/queue/bulk", form | {"key": "0"}), 1
    while 'name="after"' in page.text and batches < 9:
        again = {"key": page.hidden("key"), "after": page.hidden("after")}
        page, batches = visitor.post("demo/queue/bulk", form | again | {"key": str(batches)}), batches + 1
    assert batches > 2
    for case in stored:
        kinds = [event.type for event in desk.cases.events(case.key)]
        assert (kinds.count("reply_sent"), kinds.count("note_added")) == (1, 1)


def test_what_was_done_on_the_page_is_undone_by_its_button(desk: AwsServices) -> None:
    ids = [stored.case.id for number in range(2) if (stored := given_case(desk, f"web-{number}")).case]
    boss = Visitor.signed_in("boss", ("supervisor", "shop:demo"))
    done = boss.post("demo/queue/bulk", {"cases": ids, "command": "tags", "tag": "batch", "key": "k-1", "view": "all"})
    assert "2 of 2 cases changed" in done.text
    undone = boss.post("demo/queue/bulk/undo", {"key": done.hidden("key"), "view": "all"})
    assert "2 of 2 cases are as they were" in undone.text


def test_nothing_is_done_where_nothing_is_selected_and_the_page_says_what_to_do(desk: AwsServices) -> None:
    given_case(desk)
    visitor = Visitor.signed_in(language="zh")
    answer = visitor.post("demo/queue/bulk", {"command": "tags", "tag": "vip", "key": "k", "view": "all"})
    assert answer.status == 303
    assert "没有选择服务单" in visitor.get("demo/queue", view="all", unselected="1").text


def test_a_view_of_more_cases_than_one_command_takes_is_gone_on_with(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.usecases.desk.bulk.plan_bulk.MOST", 2)
    for number in range(3):
        given_case(desk, f"web-{number}")
    visitor = Visitor.signed_in()
    form = {"command": "tags", "tag": "vip", "key": "first", "view": "all", "all": "1"}
    page = visitor.post("demo/queue/bulk", form)
    assert page.text.count(">done<") == 2
    rest = visitor.post("demo/queue/bulk", form | {"key": "second", "after": page.hidden("after")})
    assert rest.text.count(">done<") == 1
    assert 'name="after"' not in rest.text


def test_a_macro_is_chosen_looked_at_and_applied_to_all_of_a_view_and_undone(desk: AwsServices) -> None:
    body = {"zh": "抱歉，{{ case.number }}", "en": "Sorry about {{ case.number }}"}
    macro = convert(
        {"name": {"zh": "延误", "en": "Delay"}, "text": body, "actions": {"tags": {"add": ["late"]}}}, MacroIn
    )
    put_macro(desk, "demo", "delay", macro, "lin")
    for number in range(3):
        given_case(desk, f"web-{number}")
    mei = Visitor.signed_in("mei")
    chosen = {"command": "macro", "view": "unassigned", "all": "1"}
    page = mei.post("demo/queue/bulk", chosen)
    assert "A macro for all cases of this view" in page.text
    page = mei.post("demo/queue/bulk", {**chosen, "macro": "delay"})
    assert "抱歉，" in page.text  # in the customer's language
    assert "late" in page.text
    assert all(not case.tags for case in cases_of(desk))
    done = mei.post("demo/queue/bulk", {**chosen, "macro": "delay", "confirmed": "1", "key": page.hidden("key")})
    assert "3 of 3 cases changed" in done.text
    assert {case.tags for case in cases_of(desk)} == {("late",)}
    undone = mei.post("demo/queue/bulk/undo", {"key": done.hidden("key"), "view": "unassigned"})
    assert "3 of 3 cases are as they were" in undone.text
    assert {case.tags for case in cases_of(desk)} == {()}


def test_the_page_of_a_macro_carries_the_ticked_cases_and_no_other_shops(desk: AwsServices) -> None:
    own, other = given_case(desk, "web-1").case, "01KAJ4Z2C07Q9X3T5V8W1Y4A6B"
    assert own is not None
    put_macro(
        desk, "demo", "delay", convert({"name": {"zh": "延误", "en": "Delay"}, "text": {"en": "x"}}, MacroIn), "lin"
    )
    form = {"command": "macro", "cases": [own.id, other]}
    page = Visitor.signed_in("mei", language="zh").post("demo/queue/bulk", form)
    assert "对 2 个服务单使用宏" in page.text
    assert page.text.count(f'name="cases" value="{own.id}"') == 1
    first = Visitor.signed_in("mei").post("demo/queue/bulk", {**form, "cases": [other], "macro": "delay"})
    assert "it is not there any more" in first.text
    nothing = {**form, "macro": "delay", "confirmed": "1", "key": "k"}
    assert Visitor.signed_in("mei").post("demo/queue/bulk", nothing).status == 422


def cases_of(services: AwsServices) -> list[Case]:
    stored = services.cases.load_many([case_key("demo", f"web-{number}") for number in range(3)])
    return [each.case for each in stored.values() if each.case is not None]
