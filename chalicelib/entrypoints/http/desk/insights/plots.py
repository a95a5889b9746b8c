"""Calibration plots with their words."""

from collections.abc import Sequence

from markupsafe import Markup

from chalicelib.adapters.desk.charts.calibration_plot import calibration_plot
from chalicelib.domain.insights.model_card import Calibration
from chalicelib.entrypoints.http.desk.words import Words


def plot_of(words: Words, bins: Sequence[Calibration], name: str, across: str, up: str) -> Markup:
    """The plot of shares against what was expected of them, whose axes are `across` and `up`; nothing without any."""
    if not bins:
        return Markup("")
    parts = (f"{across} {_percent(each.confidence)} → {up} {_percent(each.right)} (n {each.count})" for each in bins)
    return calibration_plot(bins, words.labelled(name, words.listed(parts)), across, up)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
