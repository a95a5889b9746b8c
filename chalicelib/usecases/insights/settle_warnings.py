"""Note on earlier warnings what became of their orders, as soon as it is known."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.warnings import settled
from chalicelib.domain.insights.outcomes.went_wrong import order_outcomes
from chalicelib.domain.kernel.timestamps import next_day

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasFindings

DAYS = 60
"""Warnings of so many days are looked at: an outcome is known two weeks after the promised day."""


def settle_warnings(services: "HasFindings", inputs: InsightInputs) -> Sequence[Findings]:
    """The findings of the days before, the newest first, with what became of the orders that they warn of; those that
    learned something new are stored."""
    first, last = next_day(inputs.day, -DAYS), next_day(inputs.day, -1)
    outcomes = order_outcomes(inputs)
    earlier = []
    for findings in services.findings.between(inputs.shop, first, last, DAYS):
        after = replace(findings, warnings=settled(findings.warnings, outcomes))
        if after != findings:
            services.findings.save(after)
        earlier.append(after)
    return earlier
