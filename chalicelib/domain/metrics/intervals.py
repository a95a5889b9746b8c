"""Intervals at 95 % of a share (CSAT) and of a difference of two shares (NPS).

Each is written once, over an algebra: with `NUMBERS` it computes, with `SQL` it gives the expression that the nightly
job computes by. So the two can never differ.
"""

from math import sqrt
from typing import Any, Protocol

from msgspec import Struct

Z = 1.96
Interval = tuple[float, float]


class Algebra(Protocol):
    """What an interval needs beyond + − × ÷ of its operands."""

    def root(self, of: Any) -> Any: ...  # noqa: D102 - a protocol of two well-known operations
    def over(self, part: Any, whole: Any) -> Any: ...  # noqa: D102 - the same


class Numbers:
    """Floating-point numbers."""

    def root(self, of: float) -> float:
        """The square root; of what rounding left below nothing, nothing."""
        return sqrt(max(0.0, of))

    def over(self, part: float, whole: float) -> float:
        """A quotient, 0 where that would divide by 0."""
        return part / whole if whole else 0.0


class Term(Struct, frozen=True):
    """An expression of SQL; operators make larger ones of it."""

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
    """Expressions of SQL, as DuckDB and Athena read them."""

    def root(self, of: Any) -> Term:
        """The square root; of what rounding left below nothing, nothing."""
        return Term(f"sqrt(greatest(0.0, {of}))")

    def over(self, part: Any, whole: Any) -> Term:
        """A quotient, 0 where that would divide by 0."""
        return Term(f"coalesce({part} / nullif({whole}, 0), 0.0)")


NUMBERS, SQL = Numbers(), Sql()


def share_limits(share: Any, n: Any, by: Algebra) -> tuple[Any, Any]:
    """The limits of a share of n, as shares (Wilson, "Probable inference, the law of succession, and statistical
    inference", J. Am. Stat. Assoc. 22, 1927). n is not 0."""
    middle, whole = share + Z * Z / (2 * n), 1 + Z * Z / n
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
    down, up = _reach(pro - pro_low, con_high - con, twice, by), _reach(pro_high - pro, con - con_low, twice, by)
    return pro - con - down, pro - con + up


def _reach(pro: Any, con: Any, twice: Any, by: Algebra) -> Any:
    """How far the difference reaches to one side, from how far each share does. The shares of one sample pull against
    each other, hence the plus."""
    return by.root(pro * pro + twice * pro * con + con * con)


def csat_interval(satisfied: int, answers: int) -> Interval | None:
    """The interval of the satisfied among all who answered, in percent; None of nothing."""
    return _percent(share_limits(satisfied / answers, answers, NUMBERS), least=0) if answers else None


def nps_interval(promoters: int, detractors: int, answers: int) -> Interval | None:
    """The interval of a net promoter score, in points from -100 to 100; None of nothing."""
    if not answers:
        return None
    return _percent(difference_limits(promoters / answers, detractors / answers, answers, NUMBERS), least=-100)


def in_sql() -> dict[str, str]:
    """The expressions the nightly job computes by, under the names they have in `record.sql`."""
    low, high = share_limits(Term("p"), Term("csat_answered"), SQL)
    left, right = difference_limits(Term("pro"), Term("con"), Term("nps_answered"), SQL)
    return {"csat_low": str(low), "csat_high": str(high), "nps_low": str(left), "nps_high": str(right)}


def _percent(limits: tuple[float, float], least: float) -> Interval:
    """In percent. Only the last digit of a floating-point number could pass the bounds; it is held within them."""
    return max(least, 100 * limits[0]), min(100.0, 100 * limits[1])
