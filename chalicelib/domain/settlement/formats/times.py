"""Times as statements write them: in the time zone of the service, of the account, or named beside each time."""

import re
from datetime import datetime

from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant, from_datetime, zone_info
from chalicelib.domain.settlement.formats.text import BadRow

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
"""Abbreviations with one meaning. CST is China's or Chicago's, IST is India's, Ireland's or Israel's: such times need
the time zone that the uploader states, or are refused."""
WRITTEN = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?")


def parse_time(text: str, zone_name: str) -> Instant:
    """A time such as `2026-11-20 18:00:03`, or as spreadsheets rewrite it, in that zone unless it has an offset of its
    own. `BadRow` if it is not a time."""
    match = WRITTEN.fullmatch(text.strip())
    try:
        moment = _from_parts(match) if match else datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadRow(f"{text.strip()[:40]!r} is no time such as 2026-11-20 18:00:03") from None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone_info(zone_name)))


def _from_parts(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller adds its time zone


def in_named_zone(moment: datetime, name: str, default_zone: str | None) -> Instant:
    """A naive time in the zone named beside it: an offset, an abbreviation or an IANA name. `BadRow` if the name is
    ambiguous or unknown and there is no default."""
    hours = HOURS.get(name.upper())
    offset = OFFSET.fullmatch(name.upper())
    if hours is not None:
        return _in_utc(moment) - hours * HOUR_MS
    if offset is not None:
        sign, whole, minutes = offset.groups()
        offset_hours = int(whole) + int(minutes or 0) / 60
        return _in_utc(moment) - round((offset_hours if sign == "+" else -offset_hours) * HOUR_MS)
    for zone in (name if "/" in name else None, default_zone):
        try:
            if zone:
                return from_datetime(moment.replace(tzinfo=zone_info(zone)))
        except (KeyError, ValueError, OSError):
            continue
    raise BadRow(f"the time zone {name[:40]!r} means several things, or none: name the account's zone")


def _in_utc(moment: datetime) -> Instant:
    return from_datetime(moment.replace(tzinfo=zone_info("UTC")))


def is_time_zone(name: str) -> bool:
    """Whether there is an IANA time zone of that name."""
    try:
        zone_info(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
