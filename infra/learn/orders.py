"""The task of warning of orders that will go wrong."""

from argparse import Namespace
from collections.abc import Iterator

from chalicelib.domain.insights.order_facts import order_facts
from infra.learn.rows import Row, UnusableError


def train_risk(rows: list[Row], options: Namespace) -> None:
    """Learn from orders and whether each went `bad`."""
    from chalicelib.adapters.insights.risk_model import RiskModel

    unknown = [row["id"] for row in rows if row.get("bad") is None]
    if unknown:
        raise UnusableError(f"the row {unknown[0]} does not say whether the order went bad")
    facts = [_facts(row) for row in rows]
    try:
        RiskModel.trained(facts, [bool(row["bad"]) for row in rows]).save(options.model)
    except ValueError as error:
        raise UnusableError(str(error)) from None


def predict_risk(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """The `risk` of each order, 0 to 1, and the `reasons`."""
    from chalicelib.adapters.insights.risk_model import RiskModel

    try:
        model = RiskModel.load(options.model)
    except ValueError as error:
        raise UnusableError(str(error)) from None
    for row, risk in zip(rows, model.risks([_facts(row) for row in rows]), strict=True):
        yield {"id": row["id"], "risk": risk.risk, "reasons": risk.reasons}


def _facts(row: Row) -> list[float | None]:
    try:
        return order_facts(row)
    except (ValueError, TypeError) as error:
        raise UnusableError(f"the row {row['id']}: {error}") from None
