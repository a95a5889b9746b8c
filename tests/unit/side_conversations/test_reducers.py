"""A case's side conversations follow from its events, in whatever order they come, and from nothing else."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.codecs import decode_case, encode_case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseResolved
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.packs import compact
from chalicelib.domain.kernel.private_fields import split_private
from chalicelib.domain.side_conversations import facts
from chalicelib.domain.side_conversations.conversation import MAX_CONVERSATIONS, conversations_of
from chalicelib.domain.side_conversations.timers import TIMERS
from tests.fakes import NOON
from tests.support.cases.events import RULES, case_of, happened, opened
from tests.support.cases.registries import REDUCERS

START = happened(
    1,
    facts.SideConversationStarted(kind="carrier", to="a@b.example", subject="?", message="?", due_at=NOON + 600_000),
)
SIDE = START.id
LATER: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        facts.SideMessageSent, side=st.just(SIDE), message=st.text(max_size=3), due_at=st.integers(NOON, NOON + 9)
    ),
    st.builds(facts.SideMessageReceived, side=st.sampled_from([SIDE, "unknown"]), message=st.text(max_size=3)),
    st.builds(
        facts.SideMessageReceived,
        side=st.just(SIDE),
        message=st.text(max_size=3),
        automatic=st.sampled_from(["reply", "bounce", "bulk"]),
        failed=st.booleans(),
    ),
    st.builds(facts.SideConversationClosed, side=st.just(SIDE)),
    st.builds(facts.SideConversationOverdue, side=st.just(SIDE), due_at=st.integers(NOON, NOON + 600_000)),
    st.builds(facts.SideMailFailed, side=st.just(SIDE), why=st.sampled_from(["rejected", "unconfirmed"])),
)
STORIES = st.lists(st.tuples(st.integers(2, 60), LATER), max_size=8)


def story_of(told: list[tuple[int, Any]]) -> list[Event]:
    return [opened(), START, *(happened(minutes, fact) for minutes, fact in told)]


@given(STORIES, st.randoms())
def test_any_order_of_arrival_gives_the_same_case_and_texts_are_no_part_of_it(told: Any, chance: Any) -> None:
    story = story_of(told)
    case = case_of(*story)
    shuffled = list(story)
    chance.shuffle(shuffled)
    assert fold(shuffled, RULES, REDUCERS) == case
    assert fold([compact(event) for event in story], RULES, REDUCERS) == case
    assert fold([split_private(event)[0] for event in story], RULES, REDUCERS) == case
    assert decode_case(encode_case(case)) == case


@given(STORIES, st.integers(0, 120))
def test_the_timer_and_what_is_due_agree_and_a_fact_that_was_written_is_not_due_again(told: Any, minutes: int) -> None:
    story = story_of(told)
    case, now = case_of(*story), NOON + minutes * 60_000
    (source,) = TIMERS
    at = source.next_at(case, RULES)
    due = source.due(case, RULES, now)
    assert bool(due) == (at is not None and at <= now)
    if due:
        written = replace(happened(200, due[0]), at=NOON + 200 * 60_000)
        assert source.due(case_of(*story, written), RULES, now) == []


@given(STORIES)
def test_whose_turn_it_is_and_a_due_time_go_together(told: Any) -> None:
    (side,) = conversations_of(case_of(*story_of(told)))
    assert side.awaits_answer == (side.due_at is not None)
    if side.waiting_for == "us" or side.state == "closed":
        assert side.due_at is None
    messages = {
        event.id
        for event in story_of(told)
        if isinstance(event.fact, facts.SideMessageSent | facts.SideMessageReceived) and event.fact.side == SIDE
    }
    assert side.sent + side.received == 1 + len(messages)


def test_an_answer_that_came_in_time_but_arrives_late_undoes_the_overdue_mark() -> None:
    late = happened(10, facts.SideConversationOverdue(side=SIDE, due_at=NOON + 600_000))
    (side,) = conversations_of(case_of(opened(), START, late))
    assert side.overdue_at == late.at
    answer = happened(9, facts.SideMessageReceived(side=SIDE, message="here"))
    (side,) = conversations_of(case_of(opened(), START, answer, late))
    assert (side.overdue_at, side.waiting_for) == (None, "us")


def test_an_absence_notice_is_no_answer_and_what_a_ticket_system_sends_is() -> None:
    for automatic, turn in (("reply", "them"), ("bulk", "us"), (None, "us")):
        fact = facts.SideMessageReceived(side=SIDE, message="…", automatic=automatic)  # type: ignore[arg-type]
        (side,) = conversations_of(case_of(opened(), START, happened(2, fact)))
        assert (side.waiting_for, side.received) == (turn, 1)


def test_the_state_stays_small_however_many_conversations_there_were() -> None:
    starts = [replace(happened(minutes, START.fact), at=NOON + minutes * 60_000) for minutes in range(40)]
    case = case_of(opened(), *starts)
    assert [side.id for side in conversations_of(case)] == [event.id for event in starts[-MAX_CONVERSATIONS:]]
    assert len(encode_case(case)) < 2500


def test_a_live_conversation_makes_an_imported_case_live_but_not_one_that_is_done() -> None:
    history = opened(historical=True)
    live = replace(START, heard_at=START.at)
    assert not case_of(replace(history, heard_at=NOON), live).historical
    done = happened(0.5, CaseResolved())
    assert case_of(replace(history, heard_at=NOON), done, live).historical
