"""The building blocks of inputs: names, lines, texts, times, amounts; and how a body is read."""

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.errors import Invalid, invalid
from chalicelib.domain.money import Money

MESSAGE_BYTES = 64 * 1024

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
Line = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*\Z")]
Text = Annotated[str, Meta(max_length=MESSAGE_BYTES, pattern=r"^[^\x00]*\Z")]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*\Z")]
Time = Annotated[datetime, Meta(tz=True)]
PositiveAmount = Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,6})?\Z")]
Amount = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?\Z")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of everything that comes from outside."""


class MoneyIn(Input, frozen=True):
    """Money as it is sent: {"amount": "12.50", "currency": "CNY"}."""

    amount: Amount
    currency: Currency

    def money(self) -> Money:
        """The amount as facts hold it."""
        return Money(self.amount, self.currency)


class CaseEvent(Input, frozen=True):
    """What all webhooks about an existing case have."""

    case_external_id: Name
    occurred_at: Time | None = None


T = TypeVar("T")


def read(body: bytes | str, shape: type[T]) -> T:
    """Read a JSON body of this shape. `Invalid` says what is wrong and where."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise told(wrong) from None


def check_bytes(path: str, text: str) -> None:
    """Refuse text over 64 KiB of UTF-8."""
    if len(text) > MESSAGE_BYTES // 4 and len(text.encode()) > MESSAGE_BYTES:
        raise invalid(path, f"is longer than {MESSAGE_BYTES} bytes of UTF-8")


def told(wrong: Exception, prefix: str = "") -> Invalid:
    """What a failed reading says was wrong, and where."""
    message, _, place = str(wrong).partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    return invalid(".".join(part for part in (prefix, path) if part), message)
