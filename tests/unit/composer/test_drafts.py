"""What agents write is saved, and no text is lost, however many tabs they have open."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.composer.drafts import MAX_OTHERS, Draft, DraftIn, returned, saved, without_main
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.usecases.composer.save_draft import discard_draft, my_drafts, read_draft, remove_sent, save_draft
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import LEE, MEI, case_in
from tests.support.cases.webhooks import KEY
from tests.support.composer.writing import write_draft


def test_each_save_continues_the_text_before_it(opened: FakeServices) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "您")
    second, conflict = write_draft(opened, case, "您好", first.counter)
    assert (second.body, conflict) == ("您好", False)
    assert second.counter > first.counter
    assert read_draft(opened, case, "mei", "reply").body == "您好"


def test_an_older_tab_never_overwrites_newer_text_and_both_are_kept(opened: FakeServices) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "Hello")
    newer, _ = write_draft(opened, case, "Hello, we are sorry.", first.counter)
    stored, conflict = write_draft(opened, case, "Hello Fang", first.counter)
    assert conflict
    assert (stored.body, stored.counter) == (newer.body, newer.counter)
    assert [other.body for other in stored.others] == ["Hello Fang"]
    again, _ = write_draft(opened, case, "Hello Fang Wang", first.counter)
    assert [other.body for other in again.others] == ["Hello Fang Wang"]  # the same tab goes on writing
    going_on, conflict = write_draft(opened, case, "Hello, we are very sorry.", newer.counter)
    assert not conflict
    assert [other.body for other in going_on.others] == ["Hello Fang Wang"]


def test_a_save_that_is_repeated_after_a_lost_answer_is_no_conflict(opened: FakeServices) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "Hello")
    second, _ = write_draft(opened, case, "Hello Fang", first.counter)
    repeated, conflict = write_draft(opened, case, "Hello Fang", first.counter)
    assert not conflict
    assert repeated == second


def test_two_saves_at_once_lose_nothing(opened: FakeServices) -> None:
    case = case_in(opened)
    opened.drafts.races = 3
    stored, _ = write_draft(opened, case, "Hello")
    assert stored.body == "Hello"


def test_a_text_that_was_sent_is_gone_and_what_was_written_since_stays(opened: FakeServices) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "Hello")
    newer, _ = write_draft(opened, case, "Hello again", first.counter)
    remove_sent(opened, case, "mei", "reply", first.counter, "Hello")
    assert read_draft(opened, case, "mei", "reply").body == "Hello again"
    remove_sent(opened, case, "mei", "reply", newer.counter, "Hello again")
    with pytest.raises(NotFound):
        read_draft(opened, case, "mei", "reply")


def test_a_text_that_was_saved_while_it_was_being_sent_is_gone_too(opened: FakeServices) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "Hello")
    write_draft(opened, case, "Hello there", first.counter)
    remove_sent(opened, case, "mei", "reply", first.counter, "Hello there")
    with pytest.raises(NotFound):
        read_draft(opened, case, "mei", "reply")


@pytest.mark.parametrize("body", ["Hello there", ""])
def test_a_file_that_an_older_page_adds_to_the_same_words_is_kept(opened: FakeServices, body: str) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "Hello")
    newer, _ = write_draft(opened, case, "Hello there", first.counter)
    added = DraftIn(body=body, counter=first.counter, files=("F" * 26,))
    stored, conflict = save_draft(opened, case, "mei", "reply", added)
    assert stored is not None
    assert (stored.files, stored.body, stored.others, conflict) == (("F" * 26,), "Hello there", (), False)
    assert stored.counter == newer.counter  # the newer page goes on with its text


def test_a_draft_that_was_sent_gives_its_counter_to_no_later_one(opened: FakeServices) -> None:
    case = case_in(opened)
    sent, _ = write_draft(opened, case, "Hello")
    remove_sent(opened, case, "mei", "reply", sent.counter, "Hello")
    later, _ = write_draft(opened, case, "A new thought")
    stored, conflict = write_draft(opened, case, "Hello!", sent.counter)  # a tab that does not know of the sending
    assert conflict
    assert stored.body == later.body
    assert [other.body for other in stored.others] == ["Hello!"]


def test_an_empty_text_removes_the_draft_but_not_what_stands_beside_it(opened: FakeServices) -> None:
    case = case_in(opened)
    first, _ = write_draft(opened, case, "Hello")
    stored, _ = write_draft(opened, case, " ", first.counter)
    assert stored is None
    first, _ = write_draft(opened, case, "Hello")
    newer, _ = write_draft(opened, case, "Hello all", first.counter)
    write_draft(opened, case, "Hello you", first.counter)
    stored, _ = write_draft(opened, case, "", newer.counter)
    assert [other.body for other in stored.others] == ["Hello you"]


def test_drafts_are_ones_own_and_of_one_case_and_kind(opened: FakeServices) -> None:
    case = case_in(opened)
    write_draft(opened, case, "mine")
    write_draft(opened, case, "theirs", by=LEE)
    save_draft(opened, case, "mei", "note", DraftIn(body="a note"))
    assert [draft.body for draft in my_drafts(opened, "demo", "mei", 10, None).items] == ["a note", "mine"]
    assert read_draft(opened, case, "lee", "reply").body == "theirs"
    discard_draft(opened, case, "mei", "reply")
    discard_draft(opened, case, "mei", "reply")
    with pytest.raises(NotFound):
        read_draft(opened, case, "mei", "reply")
    assert read_draft(opened, case, "lee", "reply").body == "theirs"
    assert {place[2] for place in opened.drafts.stored} == {KEY}


class Tab(NamedTuple):
    """One of several tabs that write at the same time."""

    counter: int = 0
    text: str = ""


def draft(body: str, at: int) -> Draft:
    return Draft(shop="demo", case="c", by=MEI.id or "", kind="reply", body=body, at=at)


@given(st.lists(st.tuples(st.integers(0, 2), st.text("ab", min_size=1, max_size=2)), max_size=12))
def test_the_last_text_of_every_tab_is_kept_while_there_are_few_of_them(saves: list[tuple[int, str]]) -> None:
    stored: Draft | None = None
    tabs = [Tab(), Tab(), Tab()]
    for step, (number, text) in enumerate(saves):
        tab = tabs[number]
        new_text = tab.text + text
        before = stored
        stored, conflict = saved(stored, draft(new_text, NOON + step), tab.counter)
        if conflict:
            assert before is not None
            assert (stored.body, stored.counter) == (before.body, before.counter)
            tabs[number] = Tab(tab.counter, new_text)
        else:
            tabs[number] = Tab(stored.counter, new_text)
        kept = [stored.body, *(other.body for other in stored.others)]
        assert new_text in kept
        assert len(stored.others) <= MAX_OTHERS


def test_a_reply_that_comes_back_stands_before_what_was_written_since() -> None:
    written = draft("the next one", NOON)
    back = returned(written, draft("sent too early", NOON + 5))
    assert back.body == "sent too early"
    assert [other.body for other in back.others] == ["the next one"]
    assert back.counter > written.counter
    rest = without_main(back, back.counter, back.body)
    assert rest is not None
    assert rest.body == "the next one"
    assert without_main(rest, rest.counter, rest.body) is None
    assert without_main(back, 1, "another") == back
    assert returned(None, draft("alone", NOON)).others == ()
