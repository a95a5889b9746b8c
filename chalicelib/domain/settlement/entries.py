"""The money that a payment service's statement says was given back, in one form for all services.

Nothing about the payer is stored: no name, account, address or message; see `docs/statements.md`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.money import Money, check_coin, money_of
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, from_datetime
from chalicelib.domain.kernel.validation import Currency, Input, Name, PositiveAmount, Time
from chalicelib.domain.orders.order import BY_STATEMENT, plain_name

Provider = Literal["wechat", "alipay", "stripe", "paypal"]
PROVIDERS: tuple[Provider, ...] = ("wechat", "alipay", "stripe", "paypal")
EntryKind = Literal["refund", "refund_failed", "dispute", "dispute_won"]
"""Money that the shop refunded, or that the bank took back; and the return of either to the shop."""
GIVES: tuple[EntryKind, ...] = ("refund", "dispute")
"""Kinds of entry that give money back to the customer."""
TAKES_BACK: dict[EntryKind, EntryKind] = {"refund_failed": "refund", "dispute_won": "dispute"}
"""Kinds of entry that return money to the shop, each with the kind of entry that it reverses."""
MAX_ENTRIES = 100
"""Per webhook."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a statement that gives money back, or says that it was returned. `amount` is above zero."""

    provider: Provider
    kind: EntryKind
    id: str
    """The service's own id of the refund or dispute."""
    amount: Money
    at: Instant
    order: str | None = None
    """The shop's order number, as the shop passed it to the service."""
    refund_no: str | None = None
    """The shop's refund number, as the shop passed it to the service: the id of our money, if the shop passes it on."""
    payment: str | None = None
    """The service's id of the payment that is given back."""
    reverses: str | None = None
    """For money that was returned: the id of the original refund or dispute, if that differs from this entry's id."""
    form: str = ""
    """Which kind of the service's statements this is from, if the same refund appears in two kinds."""

    @property
    def group(self) -> str:
        """Entries of one order are matched together; entries without an order are grouped by their payment."""
        return self.order or f"~{self.payment or self.id}"

    @property
    def place(self) -> str:
        """The entry's sort key in its group. The same line always has the same key; different lines never share one."""
        content = (self.amount.amount, self.amount.currency, self.refund_no or "", self.reverses or "", self.form)
        return f"{self.provider}#{self.kind}#{self.id}#{key_of(*content)[:6]}"

    @property
    def normalised(self) -> "Entry":
        """The entry as new entries are stored: its amount with all digits of its currency, its order number in the form
        used for look-ups. Entries that were stored earlier are not rewritten."""
        amount = money_of(self.amount.value, self.amount.currency)
        return replace(self, amount=amount, order=plain_name(self.order) if self.order else self.order)

    @property
    def proof(self) -> str:
        """The name under which this entry proves that money was paid."""
        return f"{self.provider}/{self.id}"

    @property
    def refund_id(self) -> str:
        """The id under which a refund or dispute that nobody had reported is added to the order record."""
        return f"{BY_STATEMENT}{self.proof}"


class MoneyBack(Input, frozen=True):
    """An amount above zero."""

    amount: PositiveAmount
    currency: Currency


class EntryIn(Input, frozen=True, kw_only=True):
    """An entry as it is sent."""

    kind: EntryKind
    id: Name
    amount: MoneyBack
    at: Time
    order: Name | None = None
    refund_no: Name | None = None
    payment: Name | None = None
    reverses: Name | None = None
    form: Name | None = None

    def entry(self, provider: Provider) -> Entry:
        """The entry, as one of that service."""
        return Entry(
            provider=provider,
            kind=self.kind,
            id=self.id,
            amount=Money(self.amount.amount, self.amount.currency),
            at=from_datetime(self.at),
            order=self.order,
            refund_no=self.refund_no,
            payment=self.payment,
            reverses=self.reverses,
            form=self.form or "",
        )


class StatementUpload(Input, frozen=True, kw_only=True):
    """`statement.told`: entries of a statement. `since` and `until` name the time that the whole statement covers, and
    are sent with its last entries: a payment of that time that is not in the statement was not made."""

    provider: Provider
    statement: Name
    entries: Annotated[tuple[EntryIn, ...], Meta(max_length=MAX_ENTRIES)] = ()
    since: Time | None = None
    until: Time | None = None
    occurred_at: Time | None = None


def check_upload(upload: StatementUpload, now: Instant) -> None:
    """Raise `Invalid` for impossible times, for only one end of a period, and for amounts that cannot be paid."""
    if (upload.since is None) != (upload.until is None):
        raise invalid("data.until", "comes with since")
    if upload.since and upload.until:
        since, until = from_datetime(upload.since), from_datetime(upload.until)
        if not 0 <= since <= until <= now + DAY_MS:
            raise invalid("data.until", "is before since, or more than a day in the future")
    for index, entry in enumerate(upload.entries):
        check_time(f"data.entries[{index}].at", from_datetime(entry.at), now)
        check_amount(f"data.entries[{index}].amount", Money(entry.amount.amount, entry.amount.currency))


def check_amount(path: str, amount: Money) -> None:
    """Raise `Invalid` for an amount of zero, and for one that cannot be paid in coins of its currency."""
    if amount.value <= 0:
        raise invalid(path, "must be above zero")
    check_coin(path, amount)


def check_time(path: str, occurred_at: Instant, now: Instant) -> None:
    """Raise `Invalid` for a time before 1970 or more than a day ahead: a statement is about the past."""
    if not 0 <= occurred_at <= now + DAY_MS:
        raise invalid(path, "is before 1970 or more than a day in the future")
