"""The probability that an order goes wrong, with what speaks for it: a logistic regression on the facts of orders."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from chalicelib.domain.insights.order_facts import FACTS

Array = NDArray[np.float64]
Facts = Sequence[Sequence[float | None]]
TRUST = 0.02
"""How much the facts are believed (C of the logistic regression)."""
LESS_TRUST = 0.25
"""The scale of the facts that are not the main ones: they count only where many orders speak for them."""
EXTREMES = (1, 99)
"""Percentiles to which values are cut, so that one odd date decides nothing."""
NAMED = 3
SAID = 0.05
"""A fact that adds less to the logarithm of the odds is not named."""
SMALL = 1e-9


class Risk(Struct, frozen=True):
    """`risk`: the probability; `reasons`: the facts that raise it most, at least one."""

    risk: float
    reasons: list[str]


class RiskModel(Struct, frozen=True):
    """A number for each of `FACTS`: what stands for an unknown value, the bounds, the mean and the spread of orders,
    and the slope."""

    facts: list[str]
    usual: list[float]
    lowest: list[float]
    highest: list[float]
    means: list[float]
    spreads: list[float]
    slopes: list[float]
    offset: float

    @classmethod
    def trained(cls, facts: Facts, went_wrong: Sequence[bool]) -> "RiskModel":
        """A model of orders of which it is known how they went. ValueError when all went well or none did."""
        if len(set(went_wrong)) < 2:
            raise ValueError("orders that went wrong and orders that went well are both needed")
        values = _filled(facts, None)
        usual = [float(np.median(given)) if len(given := column[~np.isnan(column)]) else 0.0 for column in values.T]
        values = _filled(facts, usual)
        lowest, highest = np.percentile(values, EXTREMES, axis=0)
        values = np.clip(values, lowest, highest)
        scale = np.array([1.0 if fact.is_main else LESS_TRUST for fact in FACTS])
        means, spreads = values.mean(axis=0), (values.std(axis=0) + SMALL) / scale
        model = LogisticRegression(C=TRUST, max_iter=2000).fit((values - means) / spreads, went_wrong)
        return cls(
            [fact.name for fact in FACTS],
            usual,
            lowest.tolist(),
            highest.tolist(),
            means.tolist(),
            spreads.tolist(),
            model.coef_[0].tolist(),
            float(model.intercept_[0]),
        )

    def risks(self, facts: Facts) -> Iterator[Risk]:
        """The risk of each order."""
        if not facts:
            return
        parts = self._parts(facts)
        for own, order, risk in zip(parts, facts, self._probabilities(parts), strict=True):
            yield Risk(risk, _reasons(own, order))

    def probabilities(self, facts: Facts) -> list[float]:
        """The risk of each order as a number, without reasons."""
        return self._probabilities(self._parts(facts)) if facts else []

    def _parts(self, facts: Facts) -> Array:
        """What each fact of each order adds to the logarithm of its odds."""
        bounded = np.clip(_filled(facts, self.usual), self.lowest, self.highest)
        parts: Array = (bounded - self.means) / self.spreads * self.slopes
        return parts

    def _probabilities(self, parts: Array) -> list[float]:
        risks: list[float] = expit(parts.sum(axis=1) + self.offset).tolist()
        return risks

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        (folder / "settings.json").write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, folder: Path) -> "RiskModel":
        """A saved model. ValueError when it is none, or of other facts."""
        model = msgspec.json.decode((folder / "settings.json").read_bytes(), type=cls)
        if model.facts != [fact.name for fact in FACTS]:
            raise ValueError("the model was trained on other facts")
        return model


def _filled(facts: Facts, usual: Sequence[float] | None) -> Array:
    """The facts as numbers, with what is usual in place of what is not known; NaN without that."""
    values = np.array([[np.nan if value is None else value for value in row] for row in facts], float)
    filled: Array = values if usual is None else np.where(np.isnan(values), usual, values)
    return filled


def _reasons(parts: Array, values: Sequence[float | None]) -> list[str]:
    """The known facts that raise the risk most; the one that lowers it least where none raises it."""
    order = [int(place) for place in np.argsort(-parts, kind="stable") if _can_be_said(int(place), values[place])]
    raising = [place for place in order[:NAMED] if parts[place] > SAID] or order[:1]
    return [FACTS[place].reason.format(values[place]) for place in raising]


def _can_be_said(place: int, value: float | None) -> bool:
    """Whether the value is known, and not the absence of what the reason says."""
    return bool(value) if FACTS[place].name in ("undelivered", "not_handed_over") else value is not None
