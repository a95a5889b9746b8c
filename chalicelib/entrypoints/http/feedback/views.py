"""What runs found, as the API shows it. `docs/api.md` describes each list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.kernel.timestamps import Day, format_instant

View = dict[str, Any]
Runs = Sequence[Findings]


def run_view(run: Findings | None) -> View | None:
    """The run that a list is from: its day, the first day that it looked at, and how much was said by how many."""
    if run is None:
        return None
    return {
        "day": run.day,
        "first": run.first,
        "feedback": run.items,
        "customers": run.customers,
        "restated": run.restated,
    }


def item_view(item: FeedbackItem) -> View:
    """A piece of feedback. Who said it is named by the id of the customer alone."""
    view: View = msgspec.to_builtins(item)
    return {**view, "at": format_instant(item.at), "products": list(item.products)}


def _in_period(runs: Runs, which: str, first: Day, last: Day) -> list[View]:
    """Topics or questions with their counts in a period; those without any are left out."""
    views = []
    for each in getattr(runs[0], which) if runs else ():
        counts = {day: count for day, count in each.counts.items() if first <= day <= last}
        if counts:
            views.append(msgspec.to_builtins(each) | {"counts": counts, "count": sum(counts.values())})
    return sorted(views, key=lambda view: (-view["count"], view["id"]))


def _newest(which: str) -> Callable[[Runs, Day, Day], list[View]]:
    """The list of the newest night."""

    def view(runs: Runs, _first: Day, _last: Day) -> list[View]:
        return [msgspec.to_builtins(each) for each in getattr(runs[0], which)] if runs else []

    return view


def _anomalies(runs: Runs, first: Day, last: Day) -> list[View]:
    """The anomalies of a period as the newest night sees them, the newest first, and the effects of events."""
    anomalies = runs[0].anomalies if runs else []
    views: list[View] = [msgspec.to_builtins(each) for each in anomalies if first <= each.day <= last]
    return sorted(views, key=lambda view: (view["day"], abs(view["score"])), reverse=True)


def _of_all_runs(which: str) -> Callable[[Runs, Day, Day], list[View]]:
    """What each night of a period finds anew."""

    def view(runs: Runs, first: Day, last: Day) -> list[View]:
        return [msgspec.to_builtins(each) for run in runs if first <= run.day <= last for each in getattr(run, which)]

    return view


def _warnings(runs: Runs, first: Day, last: Day) -> list[View]:
    """The warnings that each night of a period gave, without the customers. One that is held out to measure what acting
    does is shown once its order has ended."""
    shown = [
        warning
        for run in runs
        if first <= run.day <= last
        for warning in run.warnings
        if warning.group == "treated" or warning.went_wrong is not None
    ]
    return [
        {name: value for name, value in msgspec.to_builtins(warning).items() if name != "customer"} for warning in shown
    ]


VIEWS: Mapping[str, Callable[[Runs, Day, Day], list[View]]] = {
    "topics": lambda runs, first, last: _in_period(runs, "topics", first, last),
    "keywords": _newest("keywords"),
    "questions": lambda runs, first, last: _in_period(runs, "questions", first, last),
    "anomalies": _anomalies,
    "drivers": _newest("drivers"),
    "early-warnings": _warnings,
    "segments": _newest("segments"),
    "associations": _newest("associations"),
    "events": _newest("events"),
    "alerts": _of_all_runs("alerts"),
}
"""The lists, by the name in the path."""
