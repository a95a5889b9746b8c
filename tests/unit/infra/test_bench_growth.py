"""The bench of growth: what the nth message of a case reads and writes. Its limits are counts, so they hold here."""

import pytest

from bench.growth.growing_case import GrowingCase
from bench.growth.spots import SPOTS, WHOLE, Spot, measure
from tests.support.paths import ROOT

SMALL, LARGE = 100, 400


@pytest.mark.parametrize("spot", SPOTS, ids=lambda spot: spot.what)
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_a_long_case_reads_and_writes_no_more_than_its_limits(spot: Spot, n: int) -> None:
    assert [figure for figure in measure((n,), (spot,)) if figure.missed] == []


def test_each_read_of_an_event_is_counted() -> None:
    case = GrowingCase()
    assert case.count(lambda: case.services.cases.events(case.key)).events == 1
    case.services.time += 100_000
    case.message(1)
    assert case.count(lambda: case.services.cases.events(case.key)).events == 2
    assert case.count(lambda: case.message(2)).events == 0
    assert case.count(lambda: case.message(1)).events == 2  # whether it is stored, and what its receipt says


def test_no_other_use_case_reads_a_whole_case() -> None:
    folder = ROOT / "chalicelib" / "usecases"
    files = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in folder.rglob("*.py")}
    assert {name for name, path in files.items() if "cases.events(" in path.read_text("utf-8")} == WHOLE.keys()
