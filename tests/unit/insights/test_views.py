"""Findings as the API shows them."""

from typing import Literal

from msgspec.structs import replace

from chalicelib.domain.insights.findings import EarlyWarning
from chalicelib.entrypoints.http.feedback.views import VIEWS
from tests.support.insights.pages import findings


def warning(order: str, group: Literal["treated", "held_out"], wrong: bool | None) -> EarlyWarning:
    return EarlyWarning(
        order=order,
        day=findings().day,
        stage="order",
        risk=0.5,
        reasons=[],
        group=group,
        customer="01KDEMOCUSTOMER00000000000",
        went_wrong=wrong,
    )


def test_orders_that_are_held_out_are_shown_once_they_ended_and_customers_never() -> None:
    run = replace(
        findings(),
        warnings=[warning("O-1", "treated", None), warning("O-2", "held_out", None), warning("O-3", "held_out", True)],
    )
    shown = VIEWS["early-warnings"]([run], run.day, run.day)
    assert [each["order"] for each in shown] == ["O-1", "O-3"]
    assert all("customer" not in each for each in shown)
