"""How records are computed from the rows of a measure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from chalicelib.domain.cases.measure import Measure
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.ports.metrics import Record


class MeasureQuery(Struct, frozen=True, kw_only=True):
    """The SQL of a measure, and how a selected row becomes a record.

    `scripts`: files that run in this order; the last statement selects a row for each day, dimension and value from the
    table with the measure's name. `expressions`: the values for `{names}` in the scripts, if there are any. `record`:
    makes the record of a selected row, with `day`, `dimension` and `value`. `empty`: makes the record of a day without
    rows, for a measure of every day.
    """

    measure: Measure
    scripts: tuple[Path, ...]
    record: Callable[[dict[str, Any]], Record]
    expressions: Callable[[], dict[str, str]] | None = None
    empty: Callable[[Day], Record] | None = None
