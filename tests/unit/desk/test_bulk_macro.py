"""A macro on many cases: its effects on each, its text to each customer if asked for, and one undo."""

import json
from typing import Any

import pytest
from msgspec import Raw, convert
from msgspec.structs import replace

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.casework.payloads import SnoozeUntil, TagChange
from chalicelib.domain.composer.macros import MacroIn
from chalicelib.domain.desk.bulk import Bulk, BulkIn, UndoIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, to_datetime
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework.snooze_case import snooze
from chalicelib.usecases.casework.tag_case import change_tags
from chalicelib.usecases.composer.macros.manage_macros import put_macro
from chalicelib.usecases.composer.undo_reply import replies_of
from chalicelib.usecases.desk.bulk import macro_undo
from chalicelib.usecases.desk.bulk import run_bulk as run_bulk_module
from chalicelib.usecases.desk.bulk.plan_bulk import digest_of, plan_bulk
from chalicelib.usecases.desk.bulk.run_bulk import run_bulk, undo_bulk
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import LEE, MEI
from tests.support.cases.webhooks import request
from tests.support.composer.writing import mailed_case

LATE: dict[str, Any] = {
    "tags": {"add": ["late"]},
    "assign": {"assignee": "@me"},
    "status": "waiting_internal",
    "snooze": {"seconds": 3600},
}


def save(services: FakeServices, **fields: Any) -> None:
    body = {"name": {"zh": "延误", "en": "Delay"}, "text": {"zh": "抱歉", "en": "Sorry"}} | fields
    put_macro(services, SHOP.id, "delay", convert(body, MacroIn), "lin")


@pytest.fixture
def cases(services: FakeServices) -> list[str]:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    for name in ("a", "b"):
        services.hook("case.requested", request(external_id=name, type="question"))
    return [case_of(services, name).id for name in ("a", "b")]


def case_of(services: FakeServices, name: str) -> Case:
    case = services.cases.load(case_key(SHOP.id, name)).case
    assert case is not None
    return case


def give(services: FakeServices, cases: list[str], key: str = "k", **more: Any) -> Bulk:
    body = Raw(json.dumps({"macro": "delay"} | more).encode())
    return run_bulk(services, BulkIn(shop=SHOP.id, command="macro", body=body, key=key, cases=tuple(cases)), MEI)


def undo(services: FakeServices) -> Bulk:
    return undo_bulk(services, UndoIn(shop=SHOP.id, key="k"), MEI)


def state(services: FakeServices, name: str) -> tuple[str | None, str, tuple[str, ...], bool]:
    case = case_of(services, name)
    return (case.assignee, case.status, case.tags, is_snoozed(case))


def facts(services: FakeServices, name: str) -> list[str]:
    return [event.type for event in services.cases.events(case_key(SHOP.id, name))]


def test_each_case_gets_all_effects_and_one_undo_takes_them_back(services: FakeServices, cases: list[str]) -> None:
    save(services, actions=LATE)
    before = [state(services, name) for name in ("a", "b")]
    assert [outcome.state for outcome in give(services, cases).outcomes] == ["done", "done"]
    assert state(services, "a") == ("mei", "waiting_internal", ("late",), True)
    undone = undo(services).undone
    assert [(outcome.state, outcome.reason) for outcome in undone] == [("undone", None), ("undone", None)]
    after = [state(services, name) for name in ("a", "b")]
    assert after == [(who, "open", tags, snoozed) for who, _, tags, snoozed in before]


def test_a_repeated_request_does_nothing_more(services: FakeServices, cases: list[str]) -> None:
    save(services, actions=LATE, note={"en": "the carrier is late"})
    first = give(services, cases)
    events = facts(services, "a")
    assert give(services, cases) == first
    assert facts(services, "a") == events


def test_a_request_that_broke_off_goes_on_with_the_macro_as_it_was(
    services: FakeServices, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, actions=LATE, note={"en": "the carrier is late"})
    with monkeypatch.context() as broken:
        broken.setattr(services.bulks, "save", lambda *_: (_ for _ in ()).throw(RuntimeError("the function ended")))
        with pytest.raises(RuntimeError, match="ended"):
            give(services, cases)
    assert [outcome.state for outcome in give(services, cases).outcomes] == ["done", "done"]
    assert [facts(services, name).count("note_added") for name in ("a", "b")] == [1, 1]
    save(services, actions={"tags": {"add": ["other"]}})
    undo(services)
    assert case_of(services, "a").tags == ()


def test_what_is_refused_of_it_is_named_and_the_rest_is_done(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"tags": {"add": ["late"]}, "status": "closed"})
    done = give(services, cases)
    assert [(outcome.state, outcome.why) for outcome in done.outcomes] == [("done", "in_part"), ("done", "in_part")]
    assert "closed" in (done.outcomes[0].reason or "")
    assert case_of(services, "a").tags == ("late",)


def test_a_case_of_which_all_is_refused_is_refused(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"status": "closed"})
    outcomes = give(services, cases).outcomes
    assert [(outcome.state, outcome.why) for outcome in outcomes] == [("refused", "not_allowed")] * 2


def test_the_text_goes_to_customers_only_when_asked_for(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"tags": {"add": ["late"]}})
    give(services, cases)
    assert "reply_sent" not in facts(services, "a")
    give(services, cases, key="2", reply=True)
    assert facts(services, "a").count("reply_sent") == 1
    give(services, cases, key="2", reply=True)
    assert facts(services, "a").count("reply_sent") == 1


def test_an_undo_says_that_a_note_and_a_reply_stay(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"tags": {"add": ["late"]}}, note={"en": "the carrier is late"})
    give(services, cases, reply=True)
    (first, _) = undo(services).undone
    assert (first.state, first.why) == ("undone", "in_part")
    assert first.reason == "a reply that has left stays; its note stays"
    assert case_of(services, "a").tags == ()


def test_what_others_changed_since_is_left(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"tags": {"add": ["late"]}, "assign": {"assignee": "@me"}})
    give(services, cases)
    by_lee = Command(case=cases[0], shop=SHOP.id, by=LEE)
    handle_command.assign(services, by_lee, payloads.Assignment(assignee="ana"))
    change_tags(services, by_lee, TagChange(remove=("late",), add=("solved",)))
    undone = undo(services).undone
    assert [(outcome.state, outcome.why) for outcome in undone] == [("left", "changed_since"), ("undone", None)]
    assert state(services, "a")[::2] == ("ana", ("solved",))


@pytest.mark.parametrize("fields", [{}, {"archived": True, "actions": LATE}])
def test_a_macro_that_would_do_nothing_is_refused_before_anything_changes(
    services: FakeServices, cases: list[str], fields: dict[str, Any]
) -> None:
    save(services, **fields)
    with pytest.raises(Invalid) as refused:
        give(services, cases)
    assert [path for path, _ in refused.value.errors] == ["body.macro"]


def test_a_macro_of_another_shop_is_none(services: FakeServices, cases: list[str]) -> None:
    with pytest.raises(Invalid, match=r"no macro 'delay'"):
        give(services, cases)


def test_an_undo_that_broke_off_after_a_part_goes_on_with_the_others(
    services: FakeServices, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, actions=LATE)
    give(services, cases)
    with monkeypatch.context() as broken:
        broken.setattr(macro_undo, "undo_status", lambda *_: (_ for _ in ()).throw(RuntimeError("it ended")))
        with pytest.raises(RuntimeError, match="ended"):
            undo(services)
    assert {outcome.state for outcome in undo(services).undone} == {"undone"}
    after = [state(services, name) for name in ("a", "b")]
    assert [(status, tags, snoozed) for _, status, tags, snoozed in after] == [("open", (), False)] * 2


def batches(services: FakeServices, after: str | None = None, most: int = 10, **more: Any) -> list[Bulk]:
    """The batches of one command over the view of all cases, until it has no more."""
    given: list[Bulk] = []
    while len(given) < most:
        body = Raw(json.dumps({"macro": "delay"} | more).encode())
        key = f"{after}{len(given)}{len(services.bulks.stored)}"
        asked = BulkIn(shop=SHOP.id, command="macro", body=body, key=key, view="all", after=after)
        given.append(run_bulk(services, asked, MEI))
        after = given[-1].next
        if after is None:
            return given
    return given


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.usecases.desk.bulk.plan_bulk.MOST", 2)


@pytest.mark.usefixtures("by_two")
def test_a_case_that_moves_behind_the_cursor_gets_the_macro_once(services: FakeServices, cases: list[str]) -> None:
    save(services, actions=LATE | {"snooze": None, "status": None}, note={"en": "the carrier is late"})
    for name in ("c", "d"):
        services.hook("case.requested", request(external_id=name, type="question"))
    given = batches(services, reply=True)
    for name in "abcd":
        assert [facts(services, name).count(kind) for kind in ("reply_sent", "note_added", "case_assigned")] == [1] * 3
    outcomes = [outcome for batch in given for outcome in batch.outcomes]
    assert sum(outcome.state == "done" for outcome in outcomes) == 4
    assert {outcome.state for outcome in outcomes} <= {"done", "unchanged"}


@pytest.mark.usefixtures("by_two", "cases")
def test_a_view_that_is_gone_on_with_twice_from_one_place_gives_each_case_the_macro_once(
    services: FakeServices,
) -> None:
    save(services, note={"en": "the carrier is late"})
    for name in ("c", "d"):
        services.hook("case.requested", request(external_id=name, type="question"))
    (first,) = batches(services, most=1)
    for _ in range(2):
        batches(services, first.next)
    assert [facts(services, name).count("note_added") for name in "abcd"] == [1] * 4


@pytest.mark.usefixtures("by_two", "cases")
def test_a_case_that_a_later_batch_has_again_is_not_undone_with_it(services: FakeServices) -> None:
    save(services, note={"en": "the carrier is late"}, actions={"tags": {"add": ["late"]}})
    services.hook("case.requested", request(external_id="c", type="question"))
    (first,) = batches(services, most=1)
    batches(services, first.next)
    again = run_bulk(
        services,
        BulkIn(shop=SHOP.id, command="macro", body=Raw(b'{"macro": "delay"}'), key="k", view="all", after=first.next),
        MEI,
    )
    assert [outcome.state for outcome in again.outcomes] == ["unchanged"]
    assert undo(services).undone == ()
    assert case_of(services, "c").tags == ("late",)


@pytest.mark.usefixtures("by_two", "cases")
def test_another_command_from_the_cursor_of_one_is_a_command_of_its_own(services: FakeServices) -> None:
    save(services, note={"en": "the carrier is late"})
    services.hook("case.requested", request(external_id="c", type="question"))
    (first,) = batches(services, most=1)
    (other,) = batches(services, first.next, reply=True)
    assert (first.first, other.first) == (None, None)
    assert [outcome.state for outcome in other.outcomes] == ["done"]


def test_a_mailed_case_gets_one_reply_of_a_command_however_it_is_cut(services: FakeServices) -> None:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    case = mailed_case(services)
    save(services, actions={"tags": {"add": ["late"]}})
    for key in ("1", "2"):
        body = Raw(b'{"macro": "delay", "reply": true}')
        after = f"0000000000000#0123456789ABCDEF~{digest_of('mei', '1')}" if key == "2" else None
        asked = BulkIn(shop=SHOP.id, command="macro", body=body, key=key, view="all", after=after)
        given = run_bulk(services, asked, MEI)
        assert [outcome.state for outcome in given.outcomes] == ["done" if key == "1" else "unchanged"]
    assert len(replies_of(services, case, "mei")) == 1


def broken_off(services: FakeServices, cases: list[str], **more: Any) -> None:
    """A macro whose outcomes were not stored, because the function ended."""
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(services.bulks, "save", lambda *_: (_ for _ in ()).throw(RuntimeError("the function ended")))
        with pytest.raises(RuntimeError, match="ended"):
            give(services, cases, **more)


def test_a_macro_that_broke_off_is_undone(services: FakeServices, cases: list[str]) -> None:
    save(services, actions=LATE)
    broken_off(services, cases)
    assert [outcome.state for outcome in undo(services).undone] == ["undone", "undone"]
    assert state(services, "a")[1:] == ("open", (), False)


def test_no_part_of_a_macro_is_done_after_its_undo_and_no_reply_is_sent(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    case = mailed_case(services)
    save(services, actions=LATE, note={"en": "the carrier is late"})
    before = services.cases.events(key_of_id(case.id))
    plan = services.bulks.plan

    def undone_at_once(*planned: Any) -> Any:
        stored = plan(*planned)
        undo(services)
        return replace(stored, outcomes=())

    monkeypatch.setattr(services.bulks, "plan", undone_at_once)
    assert [outcome.state for outcome in give(services, [case.id], reply=True).outcomes] == ["unchanged"]
    assert services.cases.events(key_of_id(case.id)) == before
    assert replies_of(services, case, "mei") == []


def test_a_waiting_reply_of_a_macro_that_broke_off_comes_back(services: FakeServices) -> None:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    case = mailed_case(services)
    save(services)
    broken_off(services, [case.id], reply=True)
    assert [outcome.state for outcome in undo(services).undone] == ["undone"]
    assert [reply.state for reply in replies_of(services, case, "mei")] == ["undone"]


def test_an_undo_of_a_macro_that_is_repeated_changes_nothing_of_what_came_since(
    services: FakeServices, cases: list[str]
) -> None:
    save(services, actions={"tags": {"add": ["late"]}, "assign": {"assignee": "@me"}})
    give(services, cases)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(services.bulks, "save", lambda *_: (_ for _ in ()).throw(RuntimeError("it ended")))
        with pytest.raises(RuntimeError, match="ended"):
            undo(services)
    change_tags(services, Command(case=cases[0], shop=SHOP.id, by=LEE), TagChange(add=("late",)))
    assert [outcome.state for outcome in undo(services).undone] == ["undone", "undone"]
    assert case_of(services, "a").tags == ("late",)


@pytest.mark.parametrize("then", [{"actions": {"tags": {"add": ["other"]}}}, {"archived": True}])
def test_a_macro_that_is_changed_while_it_is_given_is_given_as_it_was(
    services: FakeServices, cases: list[str], monkeypatch: pytest.MonkeyPatch, then: dict[str, Any]
) -> None:
    save(services, actions={"tags": {"add": ["late"]}}, note={"en": "the carrier is late"})
    plan = services.bulks.plan

    def changed_at_once(*planned: Any) -> Bulk:
        stored = plan(*planned)
        save(services, **then)
        return stored

    monkeypatch.setattr(services.bulks, "plan", changed_at_once)
    assert [outcome.state for outcome in give(services, cases).outcomes] == ["done", "done"]
    assert (case_of(services, "a").tags, facts(services, "a").count("note_added")) == (("late",), 1)
    undo(services)
    assert case_of(services, "a").tags == ()


@pytest.mark.usefixtures("by_two", "cases")
def test_the_rest_of_a_view_gets_the_macro_as_it_was_for_the_first_cases(services: FakeServices) -> None:
    services.hook("case.requested", request(external_id="c", type="question"))
    save(services, actions={"tags": {"add": ["late"]}})
    (first,) = batches(services, most=1)
    save(services, actions={"tags": {"add": ["other"]}})
    batches(services, first.next)
    assert [case_of(services, name).tags for name in "abc"] == [("late",)] * 3


def test_a_plan_of_an_earlier_version_goes_on_and_is_undone(
    services: FakeServices, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, actions=LATE)
    with monkeypatch.context() as earlier:
        earlier.setattr(run_bulk_module, "plan_bulk", planned_earlier)
        broken_off(services, cases[:1])
    assert "content" not in next(iter(services.bulks.stored.values())).body
    assert [outcome.state for outcome in give(services, cases[:1]).outcomes] == ["done"]
    assert facts(services, "a").count("case_snoozed") == 1
    assert [outcome.state for outcome in undo(services).undone] == ["undone"]
    assert state(services, "a")[1:] == ("open", (), False)


def test_a_plan_of_an_earlier_version_that_broke_off_is_undone(
    services: FakeServices, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, actions=LATE)
    with monkeypatch.context() as earlier:
        earlier.setattr(run_bulk_module, "plan_bulk", planned_earlier)
        broken_off(services, cases)
    assert [outcome.state for outcome in undo(services).undone] == ["undone", "undone"]
    assert state(services, "a")[1:] == ("open", (), False)


def planned_earlier(*given: Any) -> Bulk:
    """A plan without what earlier versions did not store."""
    plan = plan_bulk(*given)
    body = {name: value for name, value in json.loads(plan.body).items() if name != "content"}
    return replace(plan, body=json.dumps(body), asked="")


@pytest.mark.parametrize("by", [LEE, MEI])
def test_a_snooze_that_somebody_chose_since_is_left(services: FakeServices, cases: list[str], by: Actor) -> None:
    save(services, actions={"snooze": {"seconds": 3600}, "tags": {"add": ["late"]}})
    give(services, cases)
    services.time += 1000
    later = SnoozeUntil(until=to_datetime(services.now() + 5 * DAY_MS))
    snooze(services, Command(case=cases[0], shop=SHOP.id, by=by), later)
    undone = undo(services).undone
    assert [(outcome.state, outcome.why) for outcome in undone] == [("undone", "in_part"), ("undone", None)]
    assert undone[0].reason == "It was snoozed anew since."
    assert [state(services, name)[2:] for name in ("a", "b")] == [((), True), ((), False)]


def test_an_undo_says_nothing_of_a_reply_and_a_note_that_never_were(services: FakeServices, cases: list[str]) -> None:
    gap = {"zh": "{{order.number}}", "en": "{{order.number}}"}
    save(services, text=gap, note={"en": "{{parcel.tracking}}"}, actions={"tags": {"add": ["late"]}})
    assert give(services, cases, reply=True).outcomes[0].why == "in_part"
    assert [(outcome.state, outcome.reason) for outcome in undo(services).undone] == [("undone", None)] * 2


def test_a_repeated_undo_does_not_say_that_a_reply_left_which_it_took_back(services: FakeServices) -> None:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    case = mailed_case(services)
    save(services, actions={"tags": {"add": ["late"]}})
    give(services, [case.id], reply=True)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(services.bulks, "save", lambda *_: (_ for _ in ()).throw(RuntimeError("it ended")))
        with pytest.raises(RuntimeError, match="ended"):
            undo(services)
    assert [(outcome.state, outcome.reason) for outcome in undo(services).undone] == [("undone", None)]


def test_a_case_of_which_nothing_can_be_undone_is_left_and_says_why(services: FakeServices, cases: list[str]) -> None:
    save(services, note={"en": "the carrier is late"})
    give(services, cases)
    undone = undo(services).undone
    assert [(outcome.state, outcome.why, outcome.reason) for outcome in undone] == [
        ("left", "stays", "its note stays")
    ] * 2


def test_a_status_that_came_with_a_reply_that_has_left_is_undone(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"status": "waiting_customer"})
    give(services, cases, reply=True)
    assert case_of(services, "a").status == "waiting_customer"
    undone = undo(services).undone
    assert [(outcome.state, outcome.reason) for outcome in undone] == [("undone", "a reply that has left stays")] * 2
    assert case_of(services, "a").status == "open"


def test_a_status_that_a_colleague_set_while_the_reply_waited_stays(services: FakeServices) -> None:
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    case = mailed_case(services)
    save(services, actions={"status": "resolved"})
    give(services, [case.id], reply=True)
    by_lee = Command(case=case.id, shop=SHOP.id, by=LEE)
    handle_command.set_status(services, by_lee, payloads.StatusChange(status="resolved"))
    assert [outcome.state for outcome in undo(services).undone] == ["undone"]
    stored = services.cases.load(key_of_id(case.id)).case
    assert stored is not None
    assert stored.status == "resolved"


def test_outcomes_of_an_earlier_version_are_undone_by_the_plan(services: FakeServices, cases: list[str]) -> None:
    save(services, actions=LATE)
    bulk = give(services, cases)
    outcomes = tuple(replace(outcome, did=None) for outcome in bulk.outcomes)
    services.bulks.stored[SHOP.id, bulk.key] = replace(bulk, outcomes=outcomes, version=0)
    assert [outcome.state for outcome in undo(services).undone] == ["undone", "undone"]
    assert state(services, "a")[1:] == ("open", (), False)


def test_what_somebody_else_did_first_of_a_macro_is_not_undone(
    services: FakeServices, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, actions={"tags": {"add": ["late"]}, "assign": {"assignee": "lee"}, "status": "resolved"})
    stored_plan = services.bulks.plan

    def by_lee(*planned: Any) -> Bulk:
        lee = Command(case=cases[0], shop=SHOP.id, by=LEE)
        handle_command.set_status(services, lee, payloads.StatusChange(status="resolved"))
        handle_command.assign(services, lee, payloads.Assignment(assignee="lee"))
        return stored_plan(*planned)

    monkeypatch.setattr(services.bulks, "plan", by_lee)
    assert [outcome.state for outcome in give(services, cases).outcomes] == ["done", "done"]
    assert [outcome.state for outcome in undo(services).undone] == ["undone", "undone"]
    assert state(services, "a") == ("lee", "resolved", (), False)
    assert state(services, "b") == (None, "open", (), False)


def test_a_macro_that_changes_nothing_of_a_case_leaves_it_unchanged(services: FakeServices, cases: list[str]) -> None:
    save(services, actions={"tags": {"add": ["late"]}, "status": "resolved"})
    give(services, cases[:1])
    before = facts(services, "a")
    assert [outcome.state for outcome in give(services, cases, key="2").outcomes] == ["unchanged", "done"]
    assert facts(services, "a") == before
