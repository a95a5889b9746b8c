"""Packs of events give the same cases as the events themselves."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.codecs import StoredFormats
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.packs import MAX_PACK_BYTES, PACK_SIZE, EventPack, Packed, compact, pack, pack_of
from chalicelib.domain.flows import facts as flow_facts
from chalicelib.domain.flows.flow import Shipment
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import join_private, split_private
from tests.fakes import NOON
from tests.support.cases.events import RULES, any_long_story, case_of, happened, opened
from tests.support.cases.registries import FACTS, REDUCERS

SOMETHING_PRIVATE = "Wang Fang, +86 138 0013 8000"
FORMATS = StoredFormats(lambda: FACTS)


def numbered(story: list[Event]) -> list[Event]:
    """The events, numbered in the order in which they are stored."""
    return [replace(event, seq=number) for number, event in enumerate(story, 1)]


def messages(count: int, **changes: Any) -> list[Event]:
    story = [
        happened(minute, facts.MessageReceived(message=f"message {minute}", **changes)) for minute in range(1, count)
    ]
    return numbered([opened(), *story])


@settings(max_examples=300, deadline=None)
@given(story=any_long_story, chance=st.randoms(use_true_random=False), historical=st.booleans())
def test_a_case_folded_from_compact_events_is_the_case_folded_from_its_events(
    story: list[tuple[int, Fact]], chance: random.Random, historical: bool
) -> None:
    events = [opened(historical=historical), *(happened(minutes, fact) for minutes, fact in story)]
    compacted = [compact(event) for event in events]
    chance.shuffle(compacted)
    assert fold(compacted, RULES, REDUCERS) == fold(events, RULES, REDUCERS)


def test_a_compact_message_has_no_text_and_a_compact_task_still_has_its_title() -> None:
    message = compact(happened(1, facts.MessageReceived(message=SOMETHING_PRIVATE)))
    assert SOMETHING_PRIVATE not in repr(message)
    task = happened(1, flow_facts.TaskOpened(task="t", department="finance", title=SOMETHING_PRIVATE, due_at=NOON))
    assert compact(task) == task


def test_the_parcel_of_a_compact_move_still_has_its_number() -> None:
    parcel = Shipment(direction="back", at=NOON, tracking=SOMETHING_PRIVATE)
    moves = [
        happened(1, flow_facts.FlowMoved(move="approve")),
        happened(2, flow_facts.FlowMoved(move="ship", shipment=parcel), Actor("customer")),
    ]
    case = case_of(opened(), *map(compact, moves))
    assert case == case_of(opened(), *moves)
    assert case.flow is not None
    assert case.flow.shipments == (parcel,)


def test_events_are_packed_by_hundreds_in_the_order_in_which_they_were_stored() -> None:
    events = messages(250)
    backwards = [events[0], *reversed(events[1:])]
    packs = pack(numbered(backwards), Packed(), 250)
    assert [(one.first, len(one.events)) for one in packs] == [(1, 100), (101, 100), (201, 50)]
    assert [event.id for one in packs for event in one.events] == [event.id for event in backwards]


def test_only_what_is_not_packed_yet_and_is_stored_is_packed() -> None:
    packs = pack(messages(250), Packed(100, ""), 220)
    assert [event.seq for one in packs for event in one.events] == list(range(101, 221))


def test_nothing_is_packed_while_an_event_is_missing_or_has_no_number() -> None:
    events = messages(150)
    assert pack([*events[:70], *events[71:]], Packed(), 150) == ()
    assert pack([replace(event, seq=0) for event in events], Packed(), 150) == ()


def test_long_reasons_make_more_packs_so_that_each_fits_into_an_item() -> None:
    moves: list[Event] = [
        happened(minute, flow_facts.FlowMoved(move="propose", reason="r" * 60_000)) for minute in range(1, 9)
    ]
    packs = pack(numbered([opened(), *moves]), Packed(), 9)
    assert [len(one.events) for one in packs] == [3, 2, 2, 2]
    assert all(len(FORMATS.encode(one)) < 2 * MAX_PACK_BYTES for one in packs)


@settings(max_examples=50, deadline=None)
@given(story=any_long_story)
def test_a_pack_is_read_back_as_it_was_stored_and_its_clear_part_has_no_private_text(
    story: list[tuple[int, Fact]],
) -> None:
    events = numbered([opened(), *(happened(minutes, fact) for minutes, fact in story)])
    for written in (*pack(events, Packed(), len(events)), pack_of(events[-1])):
        clean, secret = split_private(written)
        read = FORMATS.decode(FORMATS.encode(clean), EventPack)
        assert join_private(read, secret) == written


def test_a_long_case_is_folded_from_its_packs_and_later_events() -> None:
    events = messages(2 * PACK_SIZE + 30)
    packs = pack(events, Packed(), 2 * PACK_SIZE)
    packed = [event for one in packs for event in one.events]
    assert fold([*packed, *events[2 * PACK_SIZE :]], RULES, REDUCERS) == case_of(*events)
