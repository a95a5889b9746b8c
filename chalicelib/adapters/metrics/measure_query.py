"""How records are made of a measure's rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from chalicelib.domain.cases.measure import Measure
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.ports.metrics import Record


class MeasureQuery(Struct, frozen=True, kw_only=True):
    """The SQL of a measure, and how a record is made of a row that it selects.

    `scripts`: files that run in this order; the last statement selects one row a day, dimension and value from the
    table of the measure's name. `expressions`: what is put for `{names}` in them, if there are any. `record`: the
    record of a selected row, with `day`, `dimension` and `value`. `empty`: the record of a day without rows, for a
    measure of every day.
    """

    measure: Measure
    scripts: tuple[Path, ...]
    record: Callable[[dict[str, Any]], Record]
    expressions: Callable[[], dict[str, str]] | None = None
    empty: Callable[[Day], Record] | None = None
