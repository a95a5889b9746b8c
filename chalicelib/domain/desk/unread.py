"""What is unread in a case for an agent: what others have added since the agent looked at it."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from chalicelib.domain.cases.events import Event


class Latest(Struct, frozen=True, array_like=True):
    """The version of the newest event by somebody. `by`: the name of an agent; empty for customers, shops and partners,
    who look at no desk."""

    version: int
    by: str = ""


def latest_after(latest: Sequence[Latest], events: Iterable[Event]) -> tuple[Latest, ...]:
    """The newest event of each of the last two who added something, after further events, which have their numbers. Two
    are enough to know the newest one that is not by a certain agent. What the system does by itself, such as a timer,
    does not count."""
    newest = {each.by: each.version for each in latest}
    for event in events:
        if event.by.kind != "system":
            by = (event.by.id or "") if event.by.kind == "agent" else ""
            newest[by] = max(newest.get(by, 0), event.seq)
    in_order = sorted(newest.items(), key=lambda item: item[1], reverse=True)
    return tuple(Latest(version, by) for by, version in in_order[:2])


def newest_by_others(latest: Sequence[Latest], reader: str, version: int) -> int:
    """The version of the newest event by anybody but this agent; 0 if there is none. Of a case that was stored by an
    earlier version of the code nothing is known: `version`, that of the case."""
    if not latest:
        return version
    return next((each.version for each in latest if each.by != reader), 0)
