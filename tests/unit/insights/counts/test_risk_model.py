"""The risk of an order, and what speaks for it."""

from pathlib import Path

import pytest

from chalicelib.adapters.insights.risk_model import RiskModel
from chalicelib.domain.insights.order_facts import FACTS

GOOD: list[float | None] = [0, 0, 5, 1, 1, 1, 2, -1, 6, 11]
LATE: list[float | None] = [1, 0, None, 1, 1, 1, 6, 2, None, 11]
UNKNOWN: list[float | None] = [None] * len(FACTS)
ORDERS = [GOOD] * 80 + [LATE] * 20
WENT_WRONG = [place % 20 == 0 for place in range(80)] + [place % 3 > 0 for place in range(20)]


@pytest.fixture(scope="module")
def model() -> RiskModel:
    return RiskModel.trained(ORDERS, WENT_WRONG)


def test_a_late_order_is_riskier_and_the_reason_says_so(model: RiskModel) -> None:
    good, late = model.risks([GOOD, LATE])
    assert late.risk > 2 * good.risk
    assert "not delivered by the promised day" in late.reasons


def test_the_mean_risk_is_the_share_that_went_wrong(model: RiskModel) -> None:
    risks = [risk.risk for risk in model.risks(ORDERS)]
    assert sum(risks) / len(risks) == pytest.approx(sum(WENT_WRONG) / len(WENT_WRONG), abs=0.01)


def test_there_is_always_a_reason_and_it_is_known(model: RiskModel) -> None:
    good, sparse = model.risks([GOOD, [*UNKNOWN[:3], 2, *UNKNOWN[4:]]])
    assert good.reasons
    assert sparse.reasons == ["items: 2"]
    assert not {"not delivered by the promised day"} & set(good.reasons)


def test_orders_that_all_went_well_teach_nothing() -> None:
    with pytest.raises(ValueError, match="both needed"):
        RiskModel.trained([GOOD, LATE], [False, False])


def test_a_saved_model_is_the_same(model: RiskModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert RiskModel.load(tmp_path) == model
    assert list(model.risks([])) == []
