"""Whether a case may become part of another, and what the other takes over."""

from collections.abc import Iterable

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import ReplySent
from chalicelib.domain.cases.transitions import comes_after_closing
from chalicelib.domain.casework.facts import CaseMerged, CaseMergedInto, CaseUnmerged, CaseUnmergedFrom
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.kernel.timestamps import Instant

MAX_MERGED = 20
"""The most cases that may be merged into one."""
OPEN_MONEY = ("proposed", "approved", "requested", "unknown")
"""The states of money about which the shop still has to decide or answer."""


def why_not_merge(source: Case, target: Case, now: Instant) -> str | None:
    """Why `source` may not be merged into `target`, in words that say what to do; None if it may."""
    if source.id == target.id:
        return "A case cannot be merged into itself."
    return _why_not_moved(source, target) or _why_not_received(source, target, now)


def _why_not_moved(source: Case, target: Case) -> str | None:
    if source.merged_into is not None:
        return f"Case {source.number} is merged into another: unmerge it there first."
    if merged_cases(source):
        return f"Other cases are merged into {source.number}: unmerge them, or merge {target.number} into it instead."
    flow = source.flow
    if flow is not None and not flow.ended and flow.state != flow.table.first:
        return (
            f"The {flow.kind} of case {source.number} is under way ({flow.state}): "
            f"merge {target.number} into it instead, or end the {flow.kind} first."
        )
    if any(money.state in OPEN_MONEY for money in source.money):
        return (
            f"Money of case {source.number} is under way: decide on it first, or merge {target.number} into it instead."
        )
    return None


def _why_not_received(source: Case, target: Case, now: Instant) -> str | None:
    if target.merged_into is not None:
        return f"Case {target.number} is merged into another: merge this one into that one."
    if len(merged_cases(target)) >= MAX_MERGED:
        return f"{MAX_MERGED} cases are merged into {target.number}, which is the most; link this one instead."
    if target.historical and not source.historical:
        return f"Case {target.number} was imported as history: merge it into {source.number} instead."
    if not source.done and comes_after_closing(target, now):
        return f"Case {target.number} was closed too long ago to go on: merge it into {source.number} instead."
    return None


def merge_of(source: Case, now: Instant) -> CaseMerged:
    """The fact of the other case when `source` becomes part of it."""
    owed = [clock for clock in source.clocks if clock.name != "resolution" and clock.owed]
    waiting_since = None
    if owed and not source.done:  # a promise that was broken already is not broken a second time
        waiting_since = min(clock.started_at if clock.state == "running" else now for clock in owed)
    return CaseMerged(
        case=source.id,
        number=source.number,
        open=not source.done,
        waiting_since=waiting_since,
        by_mail=source.email.by_mail,
        tier=source.tier,
        priority=source.priority,
        tags=source.tags,
    )


def unmerge_of(source: Case, events: Iterable[Event]) -> CaseUnmerged:
    """The fact that takes `source` out of the case with these events: it withdraws the merge and what came from it."""
    came_from_it = (event.id for event in events if _came_from(source.id, event))
    return CaseUnmerged(case=source.id, events=tuple(came_from_it))


def _came_from(source: str, event: Event) -> bool:
    if isinstance(event.fact, CaseMerged):
        return event.fact.case == source
    return getattr(event.fact, "moved_from", None) == source


def unmerged_from(source_events: Iterable[Event], target: Case, target_events: Iterable[Event]) -> CaseUnmergedFrom:
    """The fact that lets the case with `source_events` go on by itself after it was part of `target`."""
    merges = [event for event in source_events if isinstance(event.fact, CaseMergedInto)]
    merge = max(merges, key=lambda event: event.order)
    replies = (event for event in target_events if isinstance(event.fact, ReplySent) and event.fact.moved_from is None)
    answered_at = max((event.at for event in replies if event.at >= merge.at), default=None)
    return CaseUnmergedFrom(case=target.id, event=merge.id, answered_at=answered_at)
