"""A shop's promotions: days on which more is bought and said, which is nothing unusual."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.domain.kernel.validation import Input, Line

MOST = 200
LONGEST_DAYS = 60
DayText = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class Promotion(Input, frozen=True):
    """A promotion from one day to another, both included, in the shop's time zone."""

    name: Annotated[Line, Meta(min_length=1)]
    first: DayText
    last: DayText


class Promotions(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/promotions`: all promotions; those that are left out are removed."""

    promotions: Annotated[tuple[Promotion, ...], Meta(max_length=MOST)]


def check_promotions(body: Promotions) -> None:
    """Raise `Invalid` for a day that does not exist, and for a promotion that ends before it begins or lasts longer
    than sixty days."""
    for place, each in enumerate(body.promotions):
        try:
            length = (date.fromisoformat(each.last) - date.fromisoformat(each.first)).days
        except ValueError:
            raise invalid(f"promotions[{place}]", "has a day that does not exist") from None
        if not 0 <= length < LONGEST_DAYS:
            raise invalid(f"promotions[{place}]", f"ends before it begins, or lasts longer than {LONGEST_DAYS} days")


def event_days(promotions: tuple[Promotion, ...], holidays: dict[Day, str], first: Day, last: Day) -> dict[Day, str]:
    """The name of the event of each day from one to another that has one. Promotions stand before holidays."""
    days = {day: name for day, name in holidays.items() if first <= day <= last}
    for each in promotions:
        day = max(each.first, first)
        while day <= min(each.last, last):
            days[day] = each.name
            day = next_day(day)
    return days
