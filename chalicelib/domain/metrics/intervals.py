"""The 95 % confidence intervals of a share (CSAT) and of the difference of two shares (NPS).

Each formula is written once, over an algebra: `NUMBERS` computes it, and `SQL` turns it into the expression that the
nightly job uses. So the two cannot differ.
"""

from math import sqrt
from typing import Any, Protocol

from msgspec import Struct

Z = 1.96
Interval = tuple[float, float]


class Algebra(Protocol):
    """The operations that an interval needs in addition to + − × ÷ of its operands."""

    def root(self, value: Any) -> Any:
        """The square root; 0 for a value that rounding made negative."""

    def over(self, part: Any, whole: Any) -> Any:
        """The quotient; 0 if `whole` is 0."""


class Numbers:
    """Floating-point numbers."""

    def root(self, value: float) -> float:
        """The square root; 0 for a value that rounding made negative."""
        return sqrt(max(0.0, value))

    def over(self, part: float, whole: float) -> float:
        """The quotient; 0 if `whole` is 0."""
        return part / whole if whole else 0.0


class Term(Struct, frozen=True):
    """An expression of SQL; operators combine expressions."""

    text: str

    def __add__(self, other: Any) -> "Term":
        return _join(self, "+", other)

    def __radd__(self, other: Any) -> "Term":
        return _join(other, "+", self)

    def __sub__(self, other: Any) -> "Term":
        return _join(self, "-", other)

    def __rsub__(self, other: Any) -> "Term":
        return _join(other, "-", self)

    def __mul__(self, other: Any) -> "Term":
        return _join(self, "*", other)

    def __rmul__(self, other: Any) -> "Term":
        return _join(other, "*", self)

    def __truediv__(self, other: Any) -> "Term":
        return _join(self, "/", other)

    def __rtruediv__(self, other: Any) -> "Term":
        return _join(other, "/", self)

    def __str__(self) -> str:
        return self.text


def _join(left: Any, sign: str, right: Any) -> Term:
    return Term(f"({left} {sign} {right})")


class Sql:
    """Expressions of SQL that DuckDB and Athena understand."""

    def root(self, value: Any) -> Term:
        """The square root; 0 for a value that rounding made negative."""
        return Term(f"sqrt(greatest(0.0, {value}))")

    def over(self, part: Any, whole: Any) -> Term:
        """The quotient; 0 if `whole` is 0."""
        return Term(f"coalesce({part} / nullif({whole}, 0), 0.0)")


NUMBERS = Numbers()
SQL = Sql()


def share_limits(share: Any, n: Any, by: Algebra) -> tuple[Any, Any]:
    """The limits of a share of n, as shares (Wilson, "Probable inference, the law of succession, and statistical
    inference", J. Am. Stat. Assoc. 22, 1927). n is not 0."""
    middle = share + Z * Z / (2 * n)
    whole = 1 + Z * Z / n
    reach = Z * by.root(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (middle - reach) / whole, (middle + reach) / whole


def difference_limits(pro: Any, con: Any, n: Any, by: Algebra) -> tuple[Any, Any]:
    """The limits of the difference of two shares of the same n answers, as shares: MOVER with Wilson's limits
    (Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired data",
    Stat. Med. 17, 1998, method 10; Zou and Donner, Stat. Med. 27, 2008). They hold the difference, are never of no
    width and never pass ±1. n is not 0."""
    pro_low, pro_high = share_limits(pro, n, by)
    con_low, con_high = share_limits(con, n, by)
    twice = 2 * by.root(by.over(pro * con, (1 - pro) * (1 - con)))
    down = _reach(pro - pro_low, con_high - con, twice, by)
    up = _reach(pro_high - pro, con - con_low, twice, by)
    return pro - con - down, pro - con + up


def _reach(pro: Any, con: Any, twice: Any, by: Algebra) -> Any:
    """How far the interval of the difference reaches to one side, from how far that of each share does. The covariance
    term is added, because the two shares of one sample are negatively correlated."""
    return by.root(pro * pro + twice * pro * con + con * con)


def csat_interval(satisfied: int, answers: int) -> Interval | None:
    """The interval of the share of satisfied customers, in percent; None without answers."""
    return _percent(share_limits(satisfied / answers, answers, NUMBERS), least=0) if answers else None


def nps_interval(promoters: int, detractors: int, answers: int) -> Interval | None:
    """The interval of a net promoter score, in points from -100 to 100; None without answers."""
    if not answers:
        return None
    return _percent(difference_limits(promoters / answers, detractors / answers, answers, NUMBERS), least=-100)


def sql_expressions() -> dict[str, str]:
    """The expressions for the nightly job, under the names that they have in `record.sql`."""
    low, high = share_limits(Term("p"), Term("csat_answered"), SQL)
    left, right = difference_limits(Term("pro"), Term("con"), Term("nps_answered"), SQL)
    return {"csat_low": str(low), "csat_high": str(high), "nps_low": str(left), "nps_high": str(right)}


def _percent(limits: tuple[float, float], least: float) -> Interval:
    """The limits in percent, within the possible range, which a rounding error could exceed."""
    return max(least, 100 * limits[0]), min(100.0, 100 * limits[1])
