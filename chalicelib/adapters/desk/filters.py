"""How the desk's pages show times, spans and money. Every time also stands in its `datetime` attribute, in UTC."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant, format_instant, format_local

SPANS = (("d", 24 * 60), ("h", 60), ("m", 1))
UNITS = {"zh": {"d": " 天", "h": " 小时", "m": " 分"}, "en": {"d": "d", "h": "h", "m": "min"}}
NOW = {"zh": "刚刚", "en": "just now"}


def span_of(language: str, milliseconds: float) -> str:
    """A span in its two largest units, such as `2h 5min`."""
    units = UNITS["zh" if language == "zh" else "en"]
    minutes, parts = int(abs(milliseconds) // MINUTE_MS), []
    for unit, size in SPANS:
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count}{units[unit]}")
    return " ".join(parts[:2]) or f"<1{units['m']}"


def page_filters(language: str, time_zone: str, now: Instant) -> dict[str, Callable[..., Any]]:
    """The functions that templates show times and spans with."""

    def clock(instant: Instant) -> Markup:
        """A time in the shop's zone."""
        text = format_local(instant, time_zone)
        return Markup('<time datetime="{}">{}</time>').format(format_instant(instant), text)

    def span(milliseconds: float) -> str:
        """A span in its two largest units."""
        return span_of(language, milliseconds)

    def countdown(due_at: Instant) -> Markup:
        """How long it is until a time, or since; the browser counts on."""
        late = due_at < now
        kind = "late" if late else ("soon" if due_at - now < 60 * MINUTE_MS else "")
        left = span(due_at - now)
        if late:
            left = f"−{left}" if due_at <= now - MINUTE_MS else NOW["zh" if language == "zh" else "en"]
        return Markup('<ac-clock due="{}" class="{}">{}</ac-clock>').format(due_at, kind, escape(left))

    return {"clock": clock, "span": span, "countdown": countdown, "now": lambda: now}
