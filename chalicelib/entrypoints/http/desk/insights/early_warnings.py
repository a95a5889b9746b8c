"""Early warnings: orders that may go wrong, and how good these warnings are."""

from typing import TYPE_CHECKING

from chalice.app import Response
from markupsafe import Markup

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.insights.common import insights_page, not_computed, open_tab
from chalicelib.entrypoints.http.desk.words import Words

if TYPE_CHECKING:
    from chalicelib.domain.insights.outcomes.risk_summary import StageSummary

SHOWN = 50
"""So many orders of each stage are shown."""


def show(desk: Desk) -> Response:
    """The warnings by stage, the riskiest first, and what became of earlier ones."""
    from chalicelib.domain.insights.outcomes.warnings import effect_of_acting
    from chalicelib.usecases.insights.assess_warnings import assess_warnings, latest_warnings
    from chalicelib.usecases.insights.read_insights import recent_findings

    open_tab(desk, "warnings")
    recent = recent_findings(services(), desk.shop)
    if not recent:
        return not_computed(desk, "warnings")
    warnings = latest_warnings(recent)
    stages = assess_warnings(warnings, recent[0].risk)
    shown = [warning for stage in stages for warning in stage.pending[:SHOWN]]
    note_access(desk.request, [warning.customer for warning in shown if warning.customer], "orders")
    words = Words(desk)
    return insights_page(
        desk,
        "warnings",
        "warnings.html",
        recent[0],
        stages=[(stage, _plot(words, stage.measured)) for stage in stages],
        most=SHOWN,
        reasons={reason: reason_text(words, reason) for warning in shown for reason in warning.reasons},
        acting=effect_of_acting(warnings),
    )


def _plot(words: Words, measured: "StageSummary | None") -> Markup:
    """How often orders went wrong, against their risk."""
    from chalicelib.domain.insights.model_card import Calibration
    from chalicelib.entrypoints.http.desk.insights.plots import plot_of

    bins = [Calibration(each.orders, each.risk, each.share) for each in measured.bins] if measured else []
    return plot_of(words, bins, words.say("insights.risks"), words.say("insights.risk"), words.say("insights.wrong"))


def reason_text(words: Words, reason: str) -> str:
    """A reason, which names a fact of the order and perhaps its value, in the reader's language."""
    from chalicelib.domain.insights.order_facts import FACTS

    head, _, value = reason.partition(": ")
    fact = next((fact for fact in FACTS if fact.reason.partition(": ")[0] == head), None)
    name = words.say(f"insights.reason.{fact.name}") if fact else head
    return words.labelled(name, value) if value else name
