"""The types of inputs: names, lines, texts, times, amounts; and how a body is parsed."""

import re
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields, force_setattr

from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.kernel.money import Money

MESSAGE_BYTES = 64 * 1024
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
ONE_LINE = "one_line"
Line = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*\Z", extra={ONE_LINE: True})]
"""One line of text: a subject, a name, a title, a reason. Control characters, such as the end of a line, become spaces
when it is parsed (`folded`), so that it can be a header of an email and no text is lost."""
Text = Annotated[str, Meta(max_length=MESSAGE_BYTES, pattern=r"^[^\x00]*\Z")]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*\Z")]
Time = Annotated[datetime, Meta(tz=True)]
PositiveAmount = Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,6})?\Z")]
Amount = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?\Z")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]


def folded(text: str) -> str:
    """A text as one line: control characters and ends of lines (Unicode: Cc, Zl, Zp) become a space."""
    return text if text.isprintable() else CONTROLS.sub(" ", text)


LONGEST_LINE = 500


def one_line(text: str | None) -> str | None:
    """A text as one line of at most 500 characters; None when nothing is left."""
    clean = folded(text or "").strip()[:LONGEST_LINE]
    return clean or None


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all inputs. Each of its fields of type `Line` is made one line."""

    may_be_missing: ClassVar[bool] = False
    """Whether a request may come without this body."""

    def __post_init__(self) -> None:
        for name in _lines(type(self)):
            text = getattr(self, name)
            if isinstance(text, str) and not text.isprintable():
                force_setattr(self, name, folded(text))


@cache
def _lines(kind: type[Struct]) -> tuple[str, ...]:
    """The names of the fields of type `Line`."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(field.name for field in fields(kind) if _is_line(hints[field.name]))


def _is_line(hint: Any) -> bool:
    marks = getattr(hint, "__metadata__", ())
    if any(isinstance(mark, Meta) and ONE_LINE in (mark.extra or {}) for mark in marks):
        return True
    return any(_is_line(part) for part in get_args(hint))


class MoneyIn(Input, frozen=True):
    """Money as it is sent: {"amount": "12.50", "currency": "CNY"}."""

    amount: Amount
    currency: Currency

    def money(self) -> Money:
        """The amount as events store it."""
        return Money(self.amount, self.currency)


class CaseEvent(Input, frozen=True):
    """The fields of all webhooks about an existing case."""

    case_external_id: Name
    occurred_at: Time | None = None


T = TypeVar("T")


def read(body: bytes | str, shape: type[T]) -> T:
    """A JSON body parsed into this type. `Invalid` says what is wrong, and where."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise to_invalid(error) from None


def check_bytes(path: str, text: str) -> None:
    """`Invalid` if the text has more than 64 KiB in UTF-8."""
    if len(text) > MESSAGE_BYTES // 4 and len(text.encode()) > MESSAGE_BYTES:
        raise invalid(path, f"is longer than {MESSAGE_BYTES} bytes of UTF-8")


def to_invalid(error: Exception, prefix: str = "") -> Invalid:
    """The error of a failed parsing as `Invalid`, with the path of the field."""
    message, _, place = str(error).partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    return invalid(".".join(part for part in (prefix, path) if part), message)


class LineIn(Input, frozen=True):
    """The part of an amount that is for one item of the order."""

    sku: Name
    amount: PositiveAmount
