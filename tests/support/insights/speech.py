"""What customers said, for tests of what the nightly job finds in it."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.feedback.language import language_of_text
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import next_day, start_of
from chalicelib.domain.triage.sentiment import mood_of

TODAY = "2026-11-20"


def said(number: int, text: str, day: str = TODAY, customer: int | None = None, **more: Any) -> Said:
    """An item with this text. Each has a customer of its own unless one is named."""
    at = start_of(day, "UTC") + number
    item = FeedbackItem(
        id=new_id(at, key_of("said", str(number), text, day)),
        shop="demo",
        source="message",
        at=at,
        language=language_of_text(text),
        text=text,
        customer=f"c{number if customer is None else customer}",
    )
    fields = {name: more.pop(name) for name in ("week", "carrier", "topic") if name in more}
    mood = mood_of(text)
    return Said(item=replace(item, **more), day=day, sentiment=mood.label, mood=mood.score, **fields)


def inputs_of(all_said: Sequence[Said], days: int = 112, events: dict[str, str] | None = None) -> InsightInputs:
    """The inputs of a day with these items."""
    return InsightInputs(
        shop="demo",
        time_zone="UTC",
        first=next_day(TODAY, 1 - days),
        day=TODAY,
        said=sorted(all_said, key=lambda each: each.item.id),
        cases={},
        orders={},
        events=events or {},
    )
