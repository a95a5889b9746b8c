"""Put a case off until a time, until something happens, or until whichever is first."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseSnoozed, SnoozeEnded
from chalicelib.domain.casework.parts import snooze_of
from chalicelib.domain.casework.payloads import SnoozeUntil, Unsnooze
from chalicelib.domain.kernel.errors import Conflict, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, from_datetime
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import HandleCommandServices

MAX_DAYS = 366


def snooze(services: "HandleCommandServices", command: Command, body: SnoozeUntil) -> StoredCase:
    """Snooze the case; one that is snoozed already is snoozed anew. Its clocks go on.

    Invalid without a time and an event, or for a time that is not in the coming year; Conflict for a case that is done
    or was imported as history.
    """
    if body.until is None and body.event is None:
        raise invalid("", "waits for nothing: give until, event or both")
    until = from_datetime(body.until) if body.until is not None else None
    now = services.now()
    if until is not None and not now < until <= now + MAX_DAYS * DAY_MS:
        raise invalid("until", f"is a time within the next {MAX_DAYS} days")

    def decide(case: Case) -> list[Fact]:
        if case.done:
            raise Conflict(f"A case that is {case.status} is on no list of work: there is nothing to put off.")
        if case.historical:
            raise Conflict("The case was imported as history: nobody works on it.")
        return [CaseSnoozed(until=until, event=body.event)]

    return handle(services, command, decide)


def unsnooze(services: "HandleCommandServices", command: Command, _: Unsnooze) -> StoredCase:
    """End the snooze of the case; nothing changes if it is not snoozed."""

    def decide(case: Case) -> list[Fact]:
        snooze = snooze_of(case)
        if snooze is None or snooze.since is None:
            return []
        return [SnoozeEnded(why="by_hand", since=snooze.since)]

    return handle(services, command, decide)
