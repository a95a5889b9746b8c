"""What is understood of a case: how it was typed, why it is urgent, and the customer's mood over the conversation."""

from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from chalicelib.domain.triage.parts import typing_of
from chalicelib.entrypoints.http.desk.cases.timeline_entries import Entry, Timeline

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.domain.triage.parts import CaseTyping
    from chalicelib.entrypoints.http.desk.words import Words


class Understood(Struct, frozen=True):
    """How the case was typed, and the mood of the customer's messages that are shown, with a chart of two or more."""

    typing: "CaseTyping | None"
    sentiment: str
    course: Markup


def understood_of(words: "Words", case: "Case", timeline: Timeline) -> Understood | None:
    """What is understood of a case; None if nothing is."""
    from chalicelib.domain.triage.sentiment import mood_of

    entries = [entry for group in timeline.groups for entry in group.entries if _is_said(entry)]
    moods = [(words.time(entry.at), mood_of(entry.text)) for entry in entries]
    typing = typing_of(case)
    if typing is None and not moods:
        return None
    sentiment = moods[-1][1].label if moods else (typing and typing.sentiment) or ""
    return Understood(typing, sentiment, _course(words, [(when, mood.score) for when, mood in moods]))


def _is_said(entry: Entry) -> bool:
    return entry.kind == "customer" and bool(entry.text.strip())


def _course(words: "Words", moods: list[tuple[str, float]]) -> Markup:
    """The chart of the moods of several messages."""
    if len(moods) < 2:
        return Markup("")
    from chalicelib.adapters.desk.charts.mood_course import mood_course

    text = words.listed(f"{when} {score:+.1f}" for when, score in moods)
    return mood_course(moods, words.labelled(words.say("understood.course"), text))
