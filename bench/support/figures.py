"""The figures of a bench, each with its limit. A figure that misses its limit makes the bench fail."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from infra.command import run_command

FIGURES_FILE = "BENCH_FIGURES"
"""The environment variable with the name of the file to which a bench writes its figures for `python -m bench`."""
NOT_MEASURED = 3
"""The exit code of a bench that needs something that is not here."""


class NotHere(Exception):
    """A bench needs something that a checkout does not bring. The text says what, and how to get it."""


class Figure(Struct, frozen=True):
    """One figure. `limit`: the largest value allowed, `least`: the smallest; None if there is no such limit."""

    what: str
    value: float
    unit: str = ""
    limit: float | None = None
    least: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the value is over its limit, or less than it must be."""
        over = self.limit is not None and self.value > self.limit
        return over or (self.least is not None and self.value < self.least)

    @property
    def required(self) -> str:
        """The limit for people; empty if there is none."""
        bounds = (("≤", self.limit), ("≥", self.least))
        return " ".join(f"{sign} {format_number(bound)}" for sign, bound in bounds if bound is not None)


def format_number(value: float) -> str:
    """A number for people: whole, or with three significant digits."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def format_figure(figure: Figure) -> str:
    """A figure with its unit and limit."""
    limit = f"   ({figure.required}{', MISSED' if figure.missed else ''})" if figure.required else ""
    return f"{figure.what:<58} {format_number(figure.value):>10} {figure.unit}{limit}"


def run(measure: Callable[[], Sequence[Figure]]) -> NoReturn:
    """Measure and print, and write the figures to the file if there is one. Exits with 1 if a limit is missed, and with
    `NOT_MEASURED` if something that the bench needs is not here."""
    run_command(lambda _: _report(measure))


def _report(measure: Callable[[], Sequence[Figure]]) -> int:
    try:
        figures = measure()
    except NotHere as missing:
        print(missing, file=sys.stderr)
        return NOT_MEASURED
    print("\n".join(format_figure(figure) for figure in figures), flush=True)
    if FIGURES_FILE in os.environ:
        Path(os.environ[FIGURES_FILE]).write_bytes(msgspec.json.encode(figures))
    return any(figure.missed for figure in figures)
