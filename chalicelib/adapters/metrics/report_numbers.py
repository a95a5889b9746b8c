"""The numbers of the nightly report as text, and the headlines at its top."""

from typing import Any

from chalicelib.usecases.ports.metrics import Record

NOTHING = "–"


def duration(seconds: float | None) -> str:
    """A duration that is easy to read: 45 s, 12 min, 3.5 h, 2.1 d."""
    if seconds is None:
        return NOTHING
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def number(value: float | None, unit: str = "") -> str:
    """A whole number with its unit."""
    return NOTHING if value is None else f"{value:.0f}{unit}"


def headlines(today: Record, yesterday: Record | None) -> list[dict[str, Any]]:
    """The figures at the top, each with its interval, its sample, and yesterday's value."""
    before = _values(yesterday) if yesterday else {}
    samples = _samples(today)
    return [
        {"name": name, "value": value, "yesterday": before.get(name, NOTHING), **samples[name]}
        for name, value in _values(today).items()
    ]


def _values(record: Record) -> dict[str, str]:
    return {
        "csat": number(record["csat"]["percent"], " %"),
        "nps": number(record["nps"]["score"]),
        "ces": _mean(record["ces"]["mean"]),
        "first_reply": duration(record["first_reply"]["p50"]),
        "resolution": duration(record["resolution"]["p50"]),
        "opened": str(record["opened"]),
    }


def _samples(record: Record) -> dict[str, dict[str, Any]]:
    """The sample of each figure: the number of answers and of surveys sent, or the number of cases for a time."""
    csat, nps, sent = record["csat"], record["nps"], record["csat"]["sent"]
    return {
        "csat": {"interval": _interval(csat["interval"], " %"), "answered": csat["answered"], "sent": sent},
        "nps": {"interval": _interval(nps["interval"]), "answered": nps["answered"], "sent": sent},
        "ces": {"interval": "", "answered": record["ces"]["answered"], "sent": sent},
        "first_reply": {"interval": "", "answered": record["first_reply"]["count"], "sent": None},
        "resolution": {"interval": "", "answered": record["resolution"]["count"], "sent": None},
        "opened": {"interval": "", "answered": None, "sent": None},
    }


def _mean(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"


def _interval(bounds: list[float] | None, unit: str = "") -> str:
    return "" if bounds is None else f"{bounds[0]:.0f}{NOTHING}{bounds[1]:.0f}{unit}"
