"""The timeline of a case: every fact can be shown in both languages, what is small is folded, and nothing is lost."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.desk.desk_pages import DeskPages
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing.facts import CaseQueued
from chalicelib.domain.triage.facts import CaseTyped
from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator
from chalicelib.entrypoints.http.desk.cases.timeline import entry_of, timeline_of
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.registries import Registries
from chalicelib.usecases.casework.read_timeline import TimelineEntry
from tests.support.cases.events import case_of, happened, opened
from tests.support.cases.marked import filled


def narrator(language: str) -> Narrator:
    """Whoever puts facts into words of this language."""
    words = Words.__new__(Words)
    words.language, words.time_zone = language, "Asia/Shanghai"
    words._words = DeskPages().words(language)
    return Narrator(words, case_of(opened()), {"mei": "林梅"})


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", Registries().facts, ids=lambda kind: kind.__name__)
def test_every_fact_has_an_entry_in_words(kind: type[Fact], language: str) -> None:
    event = happened(1, filled(kind, kind.__name__))
    entry = entry_of(narrator(language), event, None)
    assert entry.label != event.type
    assert "None" not in entry.details
    assert all(detail and "{" not in detail for detail in entry.details)


@pytest.mark.parametrize("kind", Registries().facts, ids=lambda kind: kind.__name__)
def test_a_message_or_a_reason_of_a_fact_is_shown(kind: type[Fact]) -> None:
    fact = filled(kind, kind.__name__)
    entry = entry_of(narrator("en"), happened(1, fact), None)
    shown = " ".join([entry.text, *entry.details])
    written = [getattr(fact, name, None) for name in ("message", "comment")]
    assert all(text in shown for text in written if text)


TYPED = {
    "en": ("Repair", "by the customer's words", "urgent: safety"),
    "zh": ("维修", "依据客户用词", "紧急：人身安全"),
}


@pytest.mark.parametrize(("language", "details"), TYPED.items())
def test_typing_is_shown_with_its_origin_and_its_urgency(language: str, details: tuple[str, ...]) -> None:
    fact = CaseTyped(kind="repair", by="rule", confidence=0.85, sentiment="negative", urgent=("safety",))
    assert tuple(entry_of(narrator(language), happened(1, fact), None).details) == details
    corrected = entry_of(narrator(language), happened(1, CaseTyped(kind="repair", by="agent", note="换屏")), None)
    assert "换屏" in " ".join(corrected.details)


small_or_not = st.lists(st.booleans(), max_size=30)


@given(small_or_not)
def test_folding_loses_no_event_and_changes_no_order(choices: list[bool]) -> None:
    events = [
        happened(minute, CaseQueued(why="all_full") if is_small else NoteAdded(message="x"))
        for minute, is_small in enumerate(choices)
    ]
    told = narrator("en")
    entries = [TimelineEntry(event.order, told.case, event) for event in events]
    timeline = timeline_of(told, entries, None, None)
    shown = [entry.id for group in timeline.groups for entry in group.entries]
    assert shown == [event.id for event in events]
    assert all(len(group.entries) >= 3 for group in timeline.groups if group.is_folded)
    assert not any(entry.text for group in timeline.groups if group.is_folded for entry in group.entries)


def test_staff_are_named_by_their_names_and_the_customer_by_theirs() -> None:
    customer: Any = cast("Any", SimpleNamespace(name="王芳"))
    assert entry_of(narrator("zh"), happened(1, NoteAdded(message="x")), customer).who == "林梅"
    opening = entry_of(narrator("zh"), opened(), customer)
    assert opening.who == "王芳"
    assert opening.details[0] == "由 商家 录入"
