"""The rows of a data file, as parameters of a test."""

from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

DATA = ROOT / "tests" / "world" / "data"


def rows(name: str) -> list[Any]:
    """The rows of `data/<name>.yaml`, named by their sentences. Incomplete rows are refused."""
    loaded = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    if not loaded:
        raise ValueError(f"{name}.yaml has no rows")
    for row in loaded:
        missing = {"says", "source", "want"} - row.keys()
        if missing:
            raise ValueError(f"{name}.yaml: {row.get('says', row)!r} has no {', '.join(sorted(missing))}")
    return [pytest.param(row, id=row["says"]) for row in loaded]
