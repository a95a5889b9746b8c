"""Read a statement of any payment service: recognise the service, then read the entries by its format."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.alipay import Alipay
from chalicelib.domain.settlement.formats.paypal import PayPal
from chalicelib.domain.settlement.formats.reading import PREAMBLE, Format, Lines, Reading, StatementOptions, entries_of
from chalicelib.domain.settlement.formats.stripe import Stripe
from chalicelib.domain.settlement.formats.times import is_time_zone
from chalicelib.domain.settlement.formats.wechat import WeChat

FORMATS: dict[Provider, Callable[[StatementOptions], Format]] = {
    "wechat": lambda _: WeChat(),
    "alipay": lambda _: Alipay(),
    "stripe": Stripe,
    "paypal": PayPal,
}


def read_statement(lines: Lines, options: StatementOptions) -> tuple[Reading, Iterator[Entry]]:
    """The result of reading a statement, and its entries; the result is complete after the last entry was taken.

    `Invalid` if the statement is of no known service or of another one than `options` names, if columns are missing
    (all are listed), or if it can be read in two ways. A damaged row does not prevent the others from being read; it is
    listed in `Reading.damaged`.
    """
    if options.time_zone is not None and not is_time_zone(options.time_zone):
        raise invalid("time_zone", f"{options.time_zone!r} is no IANA time zone, such as Asia/Shanghai")
    provider = detect_provider(lines)
    if provider is None:
        raise invalid(
            "content",
            f"is not a known statement: its first {PREAMBLE} lines have no headings of {', '.join(FORMATS)}",
        )
    if options.provider not in (None, provider):
        raise invalid("provider", f"is {options.provider}, but the statement is from {provider}")
    reading = Reading(provider)
    return reading, entries_of(FORMATS[provider](options), lines, reading)


def detect_provider(lines: Lines) -> Provider | None:
    """The service whose column headings the statement has; None if there is none."""
    head: Iterable[str] = [line or "" for _, line in islice(lines(), PREAMBLE)]
    for provider, make in FORMATS.items():
        form = make(StatementOptions())
        if any(form.headings(line) is not None for line in head):
            return provider
    return None
