"""What nights found, as the API shows it. `docs/api.md` describes each list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.kernel.timestamps import Day, format_instant

View = dict[str, Any]
Nights = Sequence[Findings]


def run_view(night: Findings | None) -> View | None:
    """The night that a list is from: its day, the first day that it looked at, and how much was said by how many."""
    if night is None:
        return None
    return {
        "day": night.day,
        "first": night.first,
        "feedback": night.items,
        "customers": night.customers,
        "restated": night.restated,
    }


def item_view(item: FeedbackItem) -> View:
    """A piece of feedback. Who said it is named by the id of the customer alone."""
    view: View = msgspec.to_builtins(item)
    return {**view, "at": format_instant(item.at), "products": list(item.products)}


def _in_period(nights: Nights, which: str, first: Day, last: Day) -> list[View]:
    """Topics or questions with their counts in a period; those without any are left out."""
    views = []
    for each in getattr(nights[0], which) if nights else ():
        counts = {day: count for day, count in each.counts.items() if first <= day <= last}
        if counts:
            views.append(msgspec.to_builtins(each) | {"counts": counts, "count": sum(counts.values())})
    return sorted(views, key=lambda view: (-view["count"], view["id"]))


def _newest(which: str) -> Callable[[Nights, Day, Day], list[View]]:
    """The list of the newest night."""

    def view(nights: Nights, _first: Day, _last: Day) -> list[View]:
        return [msgspec.to_builtins(each) for each in getattr(nights[0], which)] if nights else []

    return view


def _anomalies(nights: Nights, first: Day, last: Day) -> list[View]:
    """The anomalies of a period as the newest night sees them, the newest first, and the effects of events."""
    found = nights[0].anomalies if nights else []
    views: list[View] = [msgspec.to_builtins(each) for each in found if first <= each.day <= last]
    return sorted(views, key=lambda view: (view["day"], abs(view["score"])), reverse=True)


def _of_all_nights(which: str) -> Callable[[Nights, Day, Day], list[View]]:
    """What each night of a period finds anew."""

    def view(nights: Nights, first: Day, last: Day) -> list[View]:
        return [
            msgspec.to_builtins(each)
            for night in nights
            if first <= night.day <= last
            for each in getattr(night, which)
        ]

    return view


VIEWS: Mapping[str, Callable[[Nights, Day, Day], list[View]]] = {
    "topics": lambda nights, first, last: _in_period(nights, "topics", first, last),
    "keywords": _newest("keywords"),
    "questions": lambda nights, first, last: _in_period(nights, "questions", first, last),
    "anomalies": _anomalies,
    "drivers": _newest("drivers"),
    "early-warnings": _of_all_nights("warnings"),
    "segments": _newest("segments"),
    "associations": _newest("associations"),
    "events": _newest("events"),
    "alerts": _of_all_nights("alerts"),
}
"""The lists, by the name in the path."""
