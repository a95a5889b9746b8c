"""Which queue gets which event, and what its worker does: by the registry that the capabilities fill."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.feedback.collect import is_feedback
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.flows.flow import Shipment
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.routing.facts import CaseAssigned
from chalicelib.domain.search.terms import is_searched
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.registries import Registries
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.run_follow_ups import plan_follow_ups, run_follow_ups
from chalicelib.usecases.ports.cases import Change, RetryLater, StoredCase
from chalicelib.usecases.ports.registries import QUEUES, EventInCase, FollowUp, FollowUpOutcome, FollowUpQueue
from chalicelib.usecases.ports.services import Services
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import KEY, case_of, happened, opened
from tests.support.cases.registries import FACTS

TABLE = [row for row in Registries().follow_ups if row.queue != "live"]
"""All but the row of the changes feed, which wants every change (tests/unit/live/test_follow_ups.py)."""
QUESTION = opened(kind="question", claim=None, order=None)
ALWAYS = {
    "case_escalated": ("notices",),
    "flow_started": ("notices",),
    "case_split": ("intake",),
    "side_message_sent": ("notices",),
    "side_conversation_overdue": ("notices",),
}
"""The follow-ups of a quiet question in a shop without agents and endpoints; of an answer, if it is unhappy."""
BY_MAIL = facts.MailRef(letter="L", message_id="<m>", sender="fang@example.net", certain=True)
ACCEPTED = (FlowMoved(move="acknowledge"), FlowMoved(move="propose", amount=Money("30.00", "CNY")))


def change_of(before: tuple[Event, ...], *new: Event, shop: Shop = SHOP) -> Change:
    return Change(
        before=StoredCase(key=KEY, case=case_of(*before) if before else None, version=len(before)),
        after=StoredCase(key=KEY, case=case_of(*before, *new)),
        events=list(new),
        shop=shop,
        now=NOON,
    )


def planned(before: tuple[Event, ...], *new: Event, shop: Shop = SHOP) -> list[tuple[str, ...]]:
    """The queues of each new event."""
    queues = plan_follow_ups(TABLE, change_of(before, *new, shop=shop))
    assert () not in queues.values()
    return [queues.get(event.order, ()) for event in new]


def any_of(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    """A fact of a kind as a quiet case may have it: unhappy answers are another matter."""
    return st.builds(kind) if kind is not facts.CaseOpened else st.just(QUESTION.fact)


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_each_type_of_event_on_a_quiet_question(kind: type[Fact], data: st.DataObject) -> None:
    event = happened(1, data.draw(any_of(kind)))
    before = () if kind is facts.CaseOpened else (QUESTION,)
    quiet, everything = planned(before, event), planned(before, event, shop=replace(SHOP, sends=("*",)))
    indexed = ("search",) if is_searched(event, with_words=True) or is_feedback(event, "web") else ()
    assert quiet == [(*ALWAYS.get(event.type, ()), *indexed)]
    delivered = () if kind.internal else ("deliveries",)
    assert everything == [(*ALWAYS.get(event.type, ()), *delivered, *indexed)]
    assert planned(before, event, shop=replace(SHOP, sends=("nothing.like_it",))) == (
        [("deliveries", "search")] if kind is facts.CaseOpened else quiet
    )


class Row(NamedTuple):
    """What happens to a case, and the queues that get each of the last events."""

    name: str
    before: tuple[Event, ...]
    new: tuple[Event, ...]
    want: list[tuple[str, ...]]
    shop: dict[str, Any] = {}  # noqa: RUF012 - never changed


def moved(minutes: float, move: str, **more: Any) -> Event:
    return happened(minutes, FlowMoved(move=move, **more))


RETURN, COMPLAINT = opened(), opened(kind="complaint", claim=None)
PROPOSED = (COMPLAINT, *(happened(minutes, fact) for minutes, fact in enumerate(ACCEPTED, 1)))
ROUTES = {"routes": True}
HELD = (QUESTION, happened(1, CaseAssigned(assignee="mei", load=1)))
REPLY = happened(2, facts.ReplySent(message="!"), Actor("agent", "mei"))
ROWS = [
    Row("a return is opened", (), (RETURN,), [("notices", "search")]),
    Row("a question is opened", (), (QUESTION,), [("search",)]),
    Row("history is opened", (), (opened(historical=True),), [("search",)], {"sends": ("*",), **ROUTES}),
    Row("a question comes by mail", (), (opened(kind="question", claim=None, mail=BY_MAIL),), [("notices", "search")]),
    Row("it comes by a machine", (), (opened(kind="question", mail=replace(BY_MAIL, automatic=True)),), [("search",)]),
    Row("a return is approved at once", (), (RETURN, moved(0, "approve")), [("search",), ("notices",)]),
    Row("whose turn it is changes", (RETURN,), (moved(1, "approve"),), [("notices",)]),
    Row("an offer is accepted", PROPOSED, (moved(9, "accept"),), [("notices", "intake")]),
    Row(
        "an offer is accepted, all listen",
        PROPOSED,
        (moved(9, "accept"),),
        [("notices", "intake", "deliveries")],
        {"sends": ("flow.moved",)},
    ),
    Row(
        "time reminds the customer",
        (RETURN, moved(1, "approve")),
        (happened(2, FlowTimedOut(state="approved", since=0, due_at=1, does="remind")),),
        [("notices",)],
    ),
    Row("an unhappy answer", (QUESTION,), (happened(1, SurveyAnswered(csat=2)),), [("intake", "search")]),
    Row("a detractor", (QUESTION,), (happened(1, SurveyAnswered(csat=5, nps=6)),), [("intake", "search")]),
    Row("a happy answer", (QUESTION,), (happened(1, SurveyAnswered(csat=3, nps=7)),), [("search",)]),
    Row("a reply to what came on the web", (QUESTION,), (REPLY,), [("search",)]),
    Row("a reply to what came by mail", (opened(kind="question", mail=BY_MAIL),), (REPLY,), [("notices", "search")]),
    Row("nobody searches words", (QUESTION,), (REPLY,), [()], {"words": False}),
    Row(
        "a parcel has a number",
        (RETURN, moved(1, "approve")),
        (moved(2, "ship", shipment=Shipment("back", NOON, "SF", "SF1234567890")),),
        [("notices", "search")],
        {"words": False},
    ),
    Row("a case wants an agent", (), (QUESTION,), [("routing", "search")], ROUTES),
    Row(
        "the last event of the change says so",
        (),
        (QUESTION, happened(1, facts.NoteAdded(message="?"))),
        [("search",), ("routing", "search")],
        ROUTES,
    ),
    Row("an agent has room again", HELD, (happened(2, facts.CaseResolved()),), [("routing",)], ROUTES),
    Row("who holds it is not changed", HELD, (happened(2, facts.NoteAdded(message="?")),), [("search",)], ROUTES),
    Row(
        "it rises from its agent",
        HELD,
        (happened(2, facts.CaseEscalated(from_tier=0, to_tier=1, reason="up")),),
        [("notices", "routing")],
        ROUTES,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_follows_depends_on_the_case_before_and_after_and_on_the_shop(row: Row) -> None:
    assert planned(row.before, *row.new, shop=replace(SHOP, **row.shop)) == row.want


def test_the_fake_is_told_what_was_planned_and_nothing_else() -> None:
    services = FakeServices()
    relayed: list[tuple[str, str, str]] = []
    services.cases.relay = lambda *message: relayed.append(message)
    events = [opened(), happened(1, facts.CaseEscalated(from_tier=0, to_tier=1, reason="up"))]
    append_events(services, SHOP, KEY, lambda _: events)
    opening, escalation = (event.order for event in events)
    expected = [("notices", KEY, opening), ("search", KEY, opening), ("notices", KEY, escalation)]
    assert relayed == services.cases.relayed == [*expected, ("live", KEY, escalation)]


@pytest.mark.parametrize("queue", [queue for queue in QUEUES if queue != "live"])
def test_a_follow_up_does_nothing_about_an_event_that_is_not_its_own(queue: FollowUpQueue) -> None:
    services = FakeServices()
    append_events(services, SHOP, KEY, lambda _: [opened(), happened(1, facts.NoteAdded(message="?"))])
    order = services.cases.events(KEY)[-1].order
    assert [one for one in run_follow_ups(services, queue, KEY, order).values() if one] == []
    assert [one for one in run_follow_ups(services, queue, "0" * 16, order).values() if one] == []
    assert services.mailer.sent == []


class Toys(Registries):
    """Three follow-ups of one queue, and what they did."""

    def __init__(self, *errors: Exception | None) -> None:
        self.done: list[str] = []
        self.errors = errors

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        return tuple(self._row(f"toy {place}", error) for place, error in enumerate(self.errors))

    def _row(self, name: str, error: Exception | None) -> FollowUp:
        def handle(services: Services, stored: EventInCase) -> FollowUpOutcome:
            self.done.append(name)
            if error is not None:
                raise error
            return "done"

        return FollowUp(name, "notices", lambda change, event: True, handle)


def test_one_that_fails_keeps_no_other_from_its_work_and_its_error_is_raised_at_the_end() -> None:
    services = FakeServices()
    services.registries = toys = Toys(RetryLater("later"), KeyError("broken"), None)
    with pytest.raises(KeyError):
        run_follow_ups(services, "notices", KEY, "0")
    assert toys.done == ["toy 0", "toy 1", "toy 2"]
    services.registries = Toys(None, RetryLater("later"))
    with pytest.raises(RetryLater):
        run_follow_ups(services, "notices", KEY, "0")
    services.registries = Toys(None)
    assert run_follow_ups(services, "notices", KEY, "0") == {"toy 0": "done"}
    assert run_follow_ups(services, "intake", KEY, "0") == {}


def test_a_capability_adds_a_follow_up_by_a_row_of_its_own() -> None:
    services = FakeServices()
    services.registries = Toys(None)
    append_events(services, SHOP, KEY, lambda _: [opened(kind="question", claim=None)])
    assert services.cases.relayed == [("notices", KEY, "0")]


class Counting(Struct):
    """Counts how often the case and its events are read."""

    cases: int = 0
    events: int = 0


def test_all_follow_ups_of_a_queue_read_the_case_once_and_routing_reads_no_events() -> None:
    services = FakeServices()
    append_events(services, SHOP, KEY, lambda _: [opened()])
    count, load, events_at = Counting(), services.cases.load, services.cases.events_at

    def counted_load(key: str) -> StoredCase:
        count.cases += 1
        return load(key)

    def counted_events_at(key: str, orders: Iterable[str]) -> list[Event]:
        count.events += 1
        return events_at(key, orders)

    services.cases.load = counted_load  # type: ignore[method-assign]
    services.cases.events_at = counted_events_at  # type: ignore[method-assign]
    run_follow_ups(services, "notices", KEY, "0")
    assert (count.cases, count.events) == (1, 1)
    run_follow_ups(services, "routing", KEY, "0")
    assert count.events == 1
