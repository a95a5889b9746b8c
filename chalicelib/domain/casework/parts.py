"""What a case stores of casework: that it is snoozed, and which cases were merged into it."""

from typing import ClassVar

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case, part_of
from chalicelib.domain.cases.parts import CasePart
from chalicelib.domain.casework.facts import SnoozeEvent
from chalicelib.domain.kernel.timestamps import Instant


class Snooze(CasePart, frozen=True, kw_only=True):
    """Since when the case is snoozed, by whom, and until when or what; without `since` it is not."""

    name: ClassVar[str] = "snooze"
    since: Instant | None = None
    by: str | None = None
    until: Instant | None = None
    event: SnoozeEvent | None = None


class MergedCases(CasePart, frozen=True, kw_only=True):
    """The ids of the cases that were merged into this one, in the order in which they were."""

    name: ClassVar[str] = "merged"
    cases: tuple[str, ...] = ()


def without_part(case: Case, kind: type[CasePart]) -> Case:
    """The case without this part."""
    if kind.name not in case.parts:
        return case
    return replace(case, parts={name: value for name, value in case.parts.items() if name != kind.name})


def snooze_of(case: Case) -> Snooze | None:
    """How the case is snoozed; None if it is not. A case that is done is not."""
    if Snooze.name not in case.parts or case.done:
        return None
    return part_of(case, Snooze)


def is_snoozed(case: Case) -> bool:
    """Whether the case is put off, so that it is on no list of work."""
    return Snooze.name in case.parts and not case.done


def merged_cases(case: Case) -> tuple[str, ...]:
    """The ids of the cases that were merged into this one."""
    return part_of(case, MergedCases).cases if MergedCases.name in case.parts else ()
