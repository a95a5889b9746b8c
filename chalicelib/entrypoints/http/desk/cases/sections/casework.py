"""How a case is kept in order: its snooze, its tags, and the cases it is linked or merged with."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator

SNOOZE_EVENTS = ("customer_message", "parcel_scanned", "parcel_received", "refund_completed", "task_done")


class SnoozeLine(Struct, frozen=True):
    """The snooze of a case, in words; and the promises that break before it ends."""

    until: Instant | None
    event: str
    breaks: list[str]


class Related(Struct, frozen=True):
    """Another case. `relation`: `merged_into`, `merged` or `linked`."""

    id: str
    number: str
    subject: str
    status: str
    relation: str


class Casework(Struct, frozen=True):
    """How the case is kept in order."""

    snooze: SnoozeLine | None
    related: list[Related]
    merged_into: Related | None


def casework_of(narrator: "Narrator", case: Case) -> tuple[Casework, list[str]]:
    """The casework of a case; and the customers of the related cases, whose subjects it shows."""
    from chalicelib.usecases.casework.read_related import read_related

    others = read_related(services(), case)
    related = [
        Related(
            id=each.case.id,
            number=each.case.number,
            subject=each.subject,
            status=narrator.words.named("status", each.case.status),
            relation=each.relation,
        )
        for each in others
    ]
    into = next((each for each in related if each.relation == "merged_into"), None)
    return Casework(_snooze(narrator, case), related, into), [each.case.customer for each in others]


def _snooze(narrator: "Narrator", case: Case) -> SnoozeLine | None:
    from chalicelib.domain.casework.parts import snooze_of
    from chalicelib.domain.casework.snoozing import clocks_that_break

    snooze = snooze_of(case)
    if snooze is None:
        return None
    event = narrator.words.named("snooze_event", snooze.event) if snooze.event else ""
    breaks = [narrator.words.named("clock", clock.name) for clock in clocks_that_break(case, snooze)]
    return SnoozeLine(snooze.until, event, breaks)
