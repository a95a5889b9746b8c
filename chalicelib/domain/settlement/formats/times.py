"""Moments as statements write them: in a zone of the service, of the account, or named beside each."""

import re
from datetime import datetime

from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant, from_datetime, zone_info
from chalicelib.domain.settlement.formats.text import Bad

BEIJING = "Asia/Shanghai"
HOURS = {
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "BST": 1,
    "WEST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "SGT": 8,
    "HKT": 8,
    "JST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "HST": -10,
    "AKST": -9,
    "AKDT": -8,
    "BRT": -3,
}
"""Abbreviations that mean one thing. CST is China's or Chicago's, IST India's, Ireland's or Israel's: these are taken
by the zone that was told, or refused."""
WRITTEN = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?")


def moment(text: str, zone_name: str) -> Instant:
    """`2026-11-20 18:00:03`, or as spreadsheets rewrite it, in that zone; its own offset wins. Bad when it is none."""
    found = WRITTEN.fullmatch(text.strip())
    try:
        told = _of_parts(found) if found else datetime.fromisoformat(text.strip())
    except ValueError:
        raise Bad(f"{text.strip()[:40]!r} is no time such as 2026-11-20 18:00:03") from None
    return from_datetime(told if told.tzinfo else told.replace(tzinfo=zone_info(zone_name)))


def _of_parts(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is put to it behind this


def named(told: datetime, name: str, otherwise: str | None) -> Instant:
    """A naive time in the zone that stands beside it: an offset, an abbreviation or an IANA name. Bad when the name
    means several things and nobody said which."""
    hours = HOURS.get(name.upper())
    offset = OFFSET.fullmatch(name.upper())
    if hours is None and offset is not None:
        sign, whole, minutes = offset.groups()
        hours_and = int(whole) + int(minutes or 0) / 60
        return from_datetime(told.replace(tzinfo=zone_info("UTC"))) - round(
            (hours_and if sign == "+" else -hours_and) * HOUR_MS
        )
    if hours is not None:
        return from_datetime(told.replace(tzinfo=zone_info("UTC"))) - hours * HOUR_MS
    for known in (name if "/" in name else None, otherwise):
        try:
            if known:
                return from_datetime(told.replace(tzinfo=zone_info(known)))
        except (KeyError, ValueError):
            continue
    raise Bad(f"the time zone {name[:40]!r} means several things, or none: name the account's zone")


def is_zone(name: str) -> bool:
    """Whether there is an IANA zone of that name."""
    try:
        zone_info(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
