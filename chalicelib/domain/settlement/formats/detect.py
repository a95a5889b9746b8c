"""A statement of any service: which one it is of, and its entries."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.alipay import Alipay
from chalicelib.domain.settlement.formats.paypal import PayPal
from chalicelib.domain.settlement.formats.reading import PREAMBLE, Asked, Format, Lines, Reading, entries_of
from chalicelib.domain.settlement.formats.stripe import Stripe
from chalicelib.domain.settlement.formats.times import is_zone
from chalicelib.domain.settlement.formats.wechat import WeChat

FORMATS: dict[Provider, Callable[[Asked], Format]] = {
    "wechat": lambda _: WeChat(),
    "alipay": lambda _: Alipay(),
    "stripe": Stripe,
    "paypal": PayPal,
}


def read_statement(lines: Lines, asked: Asked) -> tuple[Reading, Iterator[Entry]]:
    """What will be known of a statement, and its entries as they are taken; `Reading` is whole behind the last.

    Invalid: it is of no known service, of another one than was said, lacks a column (all are named), or can be read in
    two ways. A damaged row never stands in the way of the others; it is in `Reading.damaged`.
    """
    if asked.time_zone is not None and not is_zone(asked.time_zone):
        raise invalid("time_zone", f"{asked.time_zone!r} is no IANA time zone, such as Asia/Shanghai")
    found = detected(lines)
    if found is None:
        raise invalid(
            "content",
            f"is no statement that is known: its first {PREAMBLE} lines hold no headings of {', '.join(FORMATS)}",
        )
    if asked.provider not in (None, found):
        raise invalid("provider", f"is {asked.provider}, and the statement is one of {found}")
    reading = Reading(found)
    return reading, entries_of(FORMATS[found](asked), lines, reading)


def detected(lines: Lines) -> Provider | None:
    """The service whose headings a statement has."""
    head: Iterable[str] = [line or "" for _, line in islice(lines(), PREAMBLE)]
    for provider, make in FORMATS.items():
        form = make(Asked())
        if any(form.headings(line) is not None for line in head):
            return provider
    return None
