"""What a bench says: figures, each beside its limit. A figure over its limit makes the bench fail."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from infra.command import run_command

KEEP_AT = "BENCH_FIGURES"  # the environment's name of the file that `python -m bench` reads the figures from


class Line(Struct, frozen=True):
    """One figure. Its limit is the most it may be; None when it is only told."""

    what: str
    value: float
    unit: str = ""
    limit: float | None = None

    @property
    def over(self) -> bool:
        """Whether the limit is passed."""
        return self.limit is not None and self.value > self.limit


def number(value: float) -> str:
    """A figure as people read it: whole, or with three digits that say something."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def told(line: Line) -> str:
    """A figure with its unit and limit."""
    limit = "" if line.limit is None else f"   (limit {number(line.limit)}{', OVER' if line.over else ''})"
    return f"{line.what:<58} {number(line.value):>10} {line.unit}{limit}"


def run(measure: Callable[[], Sequence[Line]]) -> NoReturn:
    """Measure, print, keep where asked, and leave with 1 when a limit is passed."""
    run_command(lambda _: _shown(measure()))


def _shown(lines: Sequence[Line]) -> int:
    """Print the figures and keep them where asked; 1 when a limit is passed."""
    print("\n".join(told(line) for line in lines), flush=True)
    if KEEP_AT in os.environ:
        Path(os.environ[KEEP_AT]).write_bytes(msgspec.json.encode(lines))
    return any(line.over for line in lines)
