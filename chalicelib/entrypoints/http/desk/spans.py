"""Spans of time as people write them: a number and a unit, of all time or of working time."""

import math
from typing import Literal

from chalicelib.domain.sla.policies import DAY_S, HOUR_S, WORKING_DAY_S, Time

Unit = Literal["s", "min", "h", "d", "work_min", "work_h", "work_d"]
SECONDS: dict[Unit, float] = {
    "s": 1,
    "min": 60,
    "h": HOUR_S,
    "d": DAY_S,
    "work_min": 60,
    "work_h": HOUR_S,
    "work_d": WORKING_DAY_S,
}
"""The seconds of each unit. A working day has eight hours."""
ALL_TIME: tuple[Unit, ...] = ("s", "min", "h", "d")
UNITS: tuple[Unit, ...] = tuple(SECONDS)


def in_units(seconds: float, time: Time = "always") -> tuple[str, Unit]:
    """A span as a number and the largest unit of which it is a whole number."""
    fitting = [unit for unit in UNITS if (unit not in ALL_TIME) == (time == "business")]
    unit = next((unit for unit in reversed(fitting) if seconds % SECONDS[unit] == 0), fitting[0])
    return plain(seconds / SECONDS[unit]), unit


def plain(number: float) -> str:
    """A number as it is typed: without a fraction if it is whole."""
    return str(int(number)) if number == int(number) else f"{number:.10g}"


def read_number(text: str) -> float | None:
    """The number that somebody typed, such as `1.5` or `1,5`; None if it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def unit_named(text: str) -> Unit:
    """The unit with this name; seconds if there is none."""
    return next((unit for unit in UNITS if unit == text), "s")


def time_of(unit: Unit) -> Time:
    """The time that a unit counts."""
    return "always" if unit in ALL_TIME else "business"
