"""What agents did in a period (`sums`), compared with what all agents did.

An agent is compared only if the sample is large enough: the mean of few cases, or the share of few answers, is chance.
Below the minimum the figures are shown without a difference.
"""

from typing import Any

from chalicelib.domain.metrics.intervals import csat_interval
from chalicelib.domain.metrics.sums import CLOCKS, Summed

Record = dict[str, Any]
NEEDS_CASES = 20
NEEDS_ANSWERS = 30
DIGITS = 9


def view(agent: Summed, total: Summed) -> Record:
    """An agent's sums as the API shows them, compared with the sums of all agents."""
    return {
        "value": agent.value,
        "handled": agent.handled,
        "reopened": agent.reopened,
        "transfers": agent.transfers,
        **{clock: {"count": agent.counts.get(clock, 0), "mean": _rounded(agent.mean(clock))} for clock in CLOCKS},
        "csat": _csat(agent),
        "compared": {
            **{clock: _compared_times(agent, total, clock) for clock in CLOCKS},
            "csat": _compared_answers(agent, total),
        },
    }


def _csat(agent: Summed) -> Record:
    interval = csat_interval(agent.satisfied, agent.answered)
    return {
        "answered": agent.answered,
        "scores": list(agent.scores),
        "percent": _rounded(agent.percent),
        "interval": [_rounded(bound) for bound in interval] if interval else None,
    }


def _compared_times(agent: Summed, total: Summed, clock: str) -> Record:
    return _compared(agent.counts.get(clock, 0), NEEDS_CASES, agent.mean(clock), total.mean(clock))


def _compared_answers(agent: Summed, total: Summed) -> Record:
    compared = _compared(agent.answered, NEEDS_ANSWERS, agent.percent, total.percent)
    return {**compared, "differs": _is_apart(agent, total) if compared["enough"] else None}


def _is_apart(agent: Summed, total: Summed) -> bool:
    """Whether the two intervals of CSAT do not overlap."""
    own = csat_interval(agent.satisfied, agent.answered)
    whole = csat_interval(total.satisfied, total.answered)
    return own is not None and whole is not None and (own[0] > whole[1] or own[1] < whole[0])


def _compared(sample: int, needs: int, own: float | None, total: float | None) -> Record:
    enough = sample >= needs
    difference = own - total if enough and own is not None and total is not None else None
    return {
        "enough": enough,
        "sample": sample,
        "needs": needs,
        "all": _rounded(total),
        "difference": _rounded(difference),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
