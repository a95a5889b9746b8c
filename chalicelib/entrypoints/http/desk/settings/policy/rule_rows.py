"""The clock rules of a policy as rows of a form, in the order in which they are tried."""

from itertools import zip_longest
from typing import Any, get_args

from msgspec import Struct

from chalicelib.domain.kernel.enums import CaseType, Channel, Priority
from chalicelib.domain.sla.policies import ClockName, Rule
from chalicelib.entrypoints.http.desk.spans import SECONDS, in_units, read_number, time_of, unit_named

NAMES = ("clock", "type", "channel", "priority", "segment", "target", "unit")
CHOICES: dict[str, tuple[str, ...]] = {
    "clock": get_args(ClockName),
    "type": get_args(CaseType),
    "channel": get_args(Channel),
    "priority": get_args(Priority),
}
MAX_ROWS = 120
"""A form has at most a thousand fields."""


class RuleRow(Struct, frozen=True, kw_only=True):
    """A rule as it is typed; empty fields fit every case."""

    clock: str = "first_reply"
    type: str = ""
    channel: str = ""
    priority: str = ""
    segment: str = ""
    target: str = ""
    unit: str = "h"

    @property
    def seconds(self) -> float | None:
        """The target in seconds; None if no number was typed."""
        number = read_number(self.target)
        return None if number is None else number * SECONDS[unit_named(self.unit)]

    def rule(self) -> dict[str, Any]:
        """The rule as the API takes it."""
        when = {name: getattr(self, name) for name in ("type", "channel", "priority", "segment") if getattr(self, name)}
        time = time_of(unit_named(self.unit))
        return {"when": when, "clock": self.clock, "target_seconds": self.seconds, "calendar": time}


def row_of(rule: Rule) -> RuleRow:
    """A rule as a row."""
    target, unit = in_units(rule.target_seconds, rule.calendar)
    when = rule.when
    return RuleRow(
        clock=rule.clock,
        type=when.type or "",
        channel=when.channel or "",
        priority=when.priority or "",
        segment=when.segment or "",
        target=target,
        unit=unit,
    )


def rows_of_form(fields: dict[str, list[str]]) -> list[RuleRow]:
    """The rows that were sent: each field has a value for each row."""
    columns = zip_longest(*(fields.get(f"rule.{name}", []) for name in NAMES), fillvalue="")
    return [RuleRow(**dict(zip(NAMES, map(str.strip, values), strict=True))) for values in columns]


def arranged(rows: list[RuleRow], action: str) -> list[RuleRow] | None:
    """The rows after a button of theirs: `add`, or `up:2`, `down:2` and `remove:2` with the place of a row from 0; None
    if the button is none of these."""
    name, _, number = action.partition(":")
    if name == "add":
        return [RuleRow(), *rows]
    if name not in ("up", "down", "remove") or not number.isdecimal() or int(number[:6]) >= len(rows):
        return None
    place, changed = int(number[:6]), list(rows)
    row = changed.pop(place)
    if name != "remove":
        changed.insert(max(0, place - 1) if name == "up" else place + 1, row)
    return changed
