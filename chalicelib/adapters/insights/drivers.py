"""What goes with satisfaction: the effect of each driver on the mean score, from an ordered logit."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit

Array = NDArray[np.float64]
NORMAL_95 = 1.959964
STEP = 1e-5


class DriverEffect(Struct, frozen=True):
    """The effect of one unit more of a driver (of yes instead of no, where a driver has only those) on the mean score,
    all others being as they are, in points of the score, with its 95 % interval. It is an association, not a cause."""

    driver: str
    effect: float
    low: float
    high: float


def driver_effects(names: Sequence[str], cases: Array, scores: Sequence[int | None]) -> list[DriverEffect]:
    """The effects of the drivers that differ between cases.

    `cases`: a row a case, a column a driver; `scores`: whole numbers, None for customers who did not answer. The model
    (McCullagh, J. R. Stat. Soc. B 42, 1980) is fitted to those who answered; the effect is averaged over all cases.
    Intervals are robust (sandwich) and of the delta method. Empty when all who answered gave the same score. Drivers
    that separate the scores are left out (`_separates`).
    """
    answered = np.array([score is not None for score in scores], bool)
    given = np.array([score for score in scores if score is not None], int)
    levels, ranks = np.unique(given, return_inverse=True)
    varies = cases[answered].std(axis=0) > 0 if len(given) else np.zeros(len(names), bool)
    if len(levels) < 2 or not varies.any():
        return []
    varies &= [not _separates(column, ranks) for column in cases[answered].T]
    if not varies.any():
        return []
    scale = cases[answered][:, varies].std(axis=0)
    model = _OrderedLogit(cases[answered][:, varies] / scale, ranks, levels.astype(float))
    means = _effects_of(model, cases[:, varies] / scale, _units(cases[:, varies]) / scale)
    effects, errors = means(model.fitted), _errors(means, model)
    varied = [name for name, does in zip(names, varies, strict=True) if does]
    return [
        DriverEffect(name, float(effect), float(effect - NORMAL_95 * error), float(effect + NORMAL_95 * error))
        for name, effect, error in zip(varied, effects, errors, strict=True)
    ]


def _separates(column: Array, ranks: NDArray[np.int64]) -> bool:
    """Whether everybody with a driver of yes and no, or everybody without it, gave the lowest score, or the highest.
    Its effect has then no estimate: the fit would never end, with an interval of no width (Albert and Anderson,
    Biometrika 71, 1984)."""
    groups = [ranks[column == value] for value in (0, 1)]
    is_yes_or_no = sum(map(len, groups)) == len(ranks)
    return is_yes_or_no and any(len(group) and (group.max() == 0 or group.min() == ranks.max()) for group in groups)


def _units(cases: Array) -> Array:
    """One unit of each driver; NaN for those of yes and no, whose effect is that of yes instead of no."""
    is_yes_or_no = ((cases == 0) | (cases == 1)).all(axis=0)
    return np.where(is_yes_or_no, np.nan, 1.0)


class _OrderedLogit:
    """P(rank ≤ j) = logistic(cut j − x·b). The parameters are b, the first cut, and the logarithms of the distances
    from each cut to the next."""

    def __init__(self, cases: Array, ranks: NDArray[np.int64], levels: Array) -> None:
        self.cases, self.ranks, self.levels = cases, ranks, levels
        self.width = cases.shape[1]
        shares = np.cumsum(np.bincount(ranks, minlength=len(levels)))[:-1] / len(ranks)
        cuts = np.log(shares / (1 - shares))
        start = np.concatenate([np.zeros(self.width), cuts[:1], np.log(np.diff(cuts))])
        self.fitted: Array = minimize(self._loss, start, jac=True, method="BFGS", options={"gtol": 1e-6}).x

    def cuts(self, parameters: Array) -> Array:
        """The cuts between the ranks."""
        first = parameters[self.width : self.width + 1]
        cuts: Array = np.cumsum(np.concatenate([first, np.exp(parameters[self.width + 1 :])]))
        return cuts

    def mean(self, parameters: Array, cases: Array) -> Array:
        """The expected score of each case."""
        below = expit(self.cuts(parameters) - (cases @ parameters[: self.width])[:, None])
        mean: Array = self.levels[-1] - below @ np.diff(self.levels)
        return mean

    def gradients(self, parameters: Array) -> Array:
        """The gradient of each case's logarithm of likelihood: a row a case."""
        upper, lower, slope_upper, slope_lower = self._bounds(parameters)
        likelihood = np.maximum(upper - lower, 1e-12)
        of_upper, of_lower = slope_upper / likelihood, -slope_lower / likelihood
        by_cut = np.zeros((len(self.ranks), len(self.levels) + 1))
        rows = np.arange(len(self.ranks))
        by_cut[rows, self.ranks + 1] = of_upper
        by_cut[rows, self.ranks] = of_lower
        inner = by_cut[:, 1:-1]
        tail = np.cumsum(inner[:, ::-1], axis=1)[:, ::-1]
        distances = np.exp(parameters[self.width + 1 :])
        slopes = -(of_upper + of_lower)[:, None] * self.cases
        gradients: Array = np.hstack([slopes, tail[:, :1], tail[:, 1:] * distances])
        return gradients

    def _bounds(self, parameters: Array) -> tuple[Array, Array, Array, Array]:
        """The cuts around each case's rank, as probabilities, and their densities."""
        cuts = np.concatenate([[-np.inf], self.cuts(parameters), [np.inf]])
        liking = self.cases @ parameters[: self.width]
        upper, lower = expit(cuts[self.ranks + 1] - liking), expit(cuts[self.ranks] - liking)
        return upper, lower, upper * (1 - upper), lower * (1 - lower)

    def _loss(self, parameters: Array) -> tuple[float, Array]:
        upper, lower, _, _ = self._bounds(parameters)
        loss = -np.log(np.maximum(upper - lower, 1e-12)).mean()
        return float(loss), -self.gradients(parameters).mean(axis=0)


def _effects_of(model: _OrderedLogit, cases: Array, units: Array) -> Callable[[Array], Array]:
    """The function from parameters to the effects, averaged over all cases."""
    changed = []
    for place, unit in enumerate(units):
        before, after = cases.copy(), cases.copy()
        if np.isnan(unit):
            after[:, place] = cases[:, place].max()
            before[:, place] = 0
        else:
            after[:, place] += unit
        changed.append((before, after))

    def effects(parameters: Array) -> Array:
        means = [(model.mean(parameters, after) - model.mean(parameters, before)).mean() for before, after in changed]
        return np.array(means)

    return effects


def _errors(effects: Callable[[Array], Array], model: _OrderedLogit) -> Array:
    """The standard errors of the effects."""
    fitted = model.fitted
    gradients = model.gradients(fitted)
    information = -approx_fprime(fitted, lambda each: model.gradients(each).sum(axis=0), STEP)
    bread = np.linalg.pinv((information + information.T) / 2)
    covariance = bread @ (gradients.T @ gradients) @ bread
    slopes = np.atleast_2d(approx_fprime(fitted, effects, STEP))
    errors: Array = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slopes, covariance, slopes), 0))
    return errors
