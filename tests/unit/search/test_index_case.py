"""Whatever comes late, twice or before its case: it is found as if it had come once and in order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.search.case_words import MAX_WORDS, CaseWords
from chalicelib.domain.search.terms import Term
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.search.index_case import erase_words, rebuild_words
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import KEY, happened, opened
from tests.support.search.indexed import found_keys, indexing

OPENING = opened(kind="question", claim=None, order=None)
LATER = [
    happened(1, facts.MessageReceived(message="the red lamp")),
    happened(2, facts.ReplySent(message="we send a blue lamp")),
    happened(3, facts.NoteAdded(message="灯泡 缺货")),
]


def found_words(services: FakeServices) -> set[str]:
    """The words by which the case is found."""
    words = ("red", "blue", "lamp", "灯泡", "缺货", "send", "missing")
    return {word for word in words if found_keys(services, word) == [KEY]}


@settings(max_examples=40, deadline=None)
@given(st.permutations([OPENING, *LATER]), st.lists(st.integers(0, 3), max_size=4))
def test_events_in_any_order_and_again_are_found_by_the_same_words(order: list[Event], again: list[int]) -> None:
    services = indexing(FakeServices(time=NOON + 3_600_000))
    for event in order:
        append_events(services, SHOP, KEY, lambda _, event=event: [event])  # type: ignore[misc]
    before = services.words.stored[KEY]
    for number in again:
        run_follow_ups(services, "search", KEY, order[number].order)
    assert found_words(services) == {"red", "blue", "lamp", "灯泡", "缺货", "send"}
    assert services.words.stored[KEY] == before
    case = services.cases.load(KEY).case
    assert case is not None
    rebuild_words(services, case)
    assert services.words.stored[KEY].sources.keys() == before.sources.keys()


def test_an_event_that_waited_for_its_case_is_indexed_with_the_opening() -> None:
    services = indexing(FakeServices(time=NOON + 3_600_000))
    append_events(services, SHOP, KEY, lambda _: [LATER[0]])
    assert found_words(services) == set()
    append_events(services, SHOP, KEY, lambda _: [OPENING])
    assert found_words(services) == {"red", "lamp"}


def test_two_workers_at_the_same_case_both_add_their_words() -> None:
    services = FakeServices(time=NOON + 3_600_000)
    append_events(services, SHOP, KEY, lambda _: [OPENING, *LATER])
    save, race = services.words.save, [LATER[1]]

    def raced(key: str, words: CaseWords) -> None:
        if race:
            run_follow_ups(services, "search", KEY, race.pop().order)
        save(key, words)

    services.words.save = raced  # type: ignore[method-assign]
    run_follow_ups(services, "search", KEY, LATER[0].order)
    assert found_words(services) == {"red", "blue", "lamp", "send"}


def test_what_was_said_before_an_erasure_is_never_indexed_again_and_what_is_said_after_it_is() -> None:
    services = indexing(FakeServices(time=NOON + 3_600_000))
    append_events(services, SHOP, KEY, lambda _: [OPENING, LATER[0]])
    case = services.cases.load(KEY).case
    assert case is not None
    erase_words(services, case, LATER[0].at)
    assert not any(services.words.posted.values())
    run_follow_ups(services, "search", KEY, LATER[0].order)
    rebuild_words(services, case)
    assert found_words(services) == set()
    append_events(services, SHOP, KEY, lambda _: [LATER[1]])
    assert found_words(services) == {"blue", "lamp", "send"}


def test_the_words_of_a_long_case_are_bounded_and_those_that_had_no_room_are_counted() -> None:
    services = indexing(FakeServices(time=NOON + 3_600_000))
    many = facts.MessageReceived(message=" ".join(f"word{number}" for number in range(MAX_WORDS + 50)))
    append_events(services, SHOP, KEY, lambda _: [OPENING, happened(1, many)])
    words = services.words.stored[KEY]
    assert len(words.sources) == MAX_WORDS
    assert words.left_out >= 50
    assert found_keys(services, "word0") == [KEY]
    assert found_keys(services, f"word{MAX_WORDS + 49}") == []


def test_names_and_tracking_numbers_have_room_in_a_case_that_is_full_of_words() -> None:
    full = CaseWords(sources={f"{number:016x}": "0" for number in range(MAX_WORDS)})
    more = full.with_terms("5", {Term("name", "fang"): "a" * 16, Term("word", "lamp"): "b" * 16})
    assert more.new_since(full) == ["a" * 16]
    assert more.left_out == 1
    assert more.with_terms("6", {Term("word", "lamp"): "b" * 16}) is more
