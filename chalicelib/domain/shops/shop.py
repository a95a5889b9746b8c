"""A shop, as its admin configures it."""

from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.kernel.validation import Input, Language, Name
from chalicelib.domain.sla.calendars import Span
from chalicelib.domain.sla.policies import Email

SHOP_ID = r"^[a-z0-9][a-z0-9-]{0,39}\Z"
CALENDAR_ID = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z"

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
Spans = Annotated[tuple[Span, ...], Meta(max_length=12)]


class MailIn(Input, frozen=True):
    """The email settings of a shop. `forms`: the addresses from which its contact forms send customers' messages."""

    forms: Annotated[tuple[Email, ...], Meta(max_length=50)] = ()


class SearchIn(Input, frozen=True):
    """The search settings of a shop. `words`: whether cases are found by the words of their conversation."""

    words: bool = True


class ShopIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}`."""

    name: Name
    time_zone: str
    locale: Language
    mail_from: Email
    calendar: Annotated[str, Meta(pattern=CALENDAR_ID)]
    public_url: Annotated[str, Meta(pattern=r"^https?://[^\s\x00]+\Z", max_length=300)] | None = None
    mail: MailIn | None = None
    search: SearchIn | None = None


class CalendarIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/calendars/{id}`."""

    time_zone: str
    hours: dict[str, Spans]
    holidays: Country | None = None
    closed: Annotated[tuple[Day, ...], Meta(max_length=400)] = ()
    open: Annotated[dict[Day, Spans], Meta(max_length=400)] = {}  # noqa: RUF012 - msgspec copies it


class Shop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shop, with the versions of policy and calendar for its new cases."""

    id: str
    name: str
    time_zone: str
    locale: str
    mail_from: str
    calendar: str
    public_url: str | None = None
    policy_version: int = 1
    calendar_version: int = 1
    sends: tuple[str, ...] = ()
    """The types of outbound webhooks that any of its endpoints subscribes to; `*` for all."""
    asks: tuple[Source, ...] = ()
    """The platforms whose API may be called for it."""
    routes: bool = False
    """Whether it has agents to whom its cases are assigned."""
    forms: tuple[str, ...] = ()
    """The addresses of its contact forms."""
    words: bool = True
    """Whether its cases are found by the words of their conversation."""

    @property
    def calendar_name(self) -> str:
        """The calendar of new cases, as `<id>@<version>`."""
        return f"{self.calendar}@{self.calendar_version}"
