"""What a payment service's statement says was given back, whatever service it is of.

Nothing of the payer is kept: no name, account, address or words; see `docs/statements.md`.
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
"""Money that went back because the shop wanted it, or because the bank took it; and each of both come back again."""
GIVES: tuple[EntryKind, ...] = ("refund", "dispute")
TAKES_BACK: dict[EntryKind, EntryKind] = {"refund_failed": "refund", "dispute_won": "dispute"}
MOST_TOLD = 100


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a statement that gives money back, or says that it came back again. `amount` is above zero."""

    provider: Provider
    kind: EntryKind
    id: str
    """The service's own id of the refund or dispute."""
    amount: Money
    at: Instant
    order: str | None = None
    """The shop's number of the order, as it was told to the service."""
    refund_no: str | None = None
    """The shop's number of the refund, as it was told to the service: our money's id, where the shop passes it on."""
    payment: str | None = None
    """The service's id of the payment that is given back."""
    reverses: str | None = None
    """Of what came back again: the id of the refund or dispute, where it is another than this entry's."""
    form: str = ""
    """Which of a service's statements, where the same refund stands in two of them."""

    @property
    def group(self) -> str:
        """Entries of one order are looked at together; those without an order by their payment."""
        return self.order or f"~{self.payment or self.id}"

    @property
    def place(self) -> str:
        """Where it lies in its group. The same line read twice lies in the same place; another line never does."""
        said = (self.amount.amount, self.amount.currency, self.refund_no or "", self.reverses or "", self.form)
        return f"{self.provider}#{self.kind}#{self.id}#{key_of(*said)[:6]}"

    @property
    def as_kept(self) -> "Entry":
        """The entry in the one way in which all are written: its amount with all digits of its currency, its order as
        it is looked up. What is kept from before is left as it lies."""
        amount = money_of(self.amount.value, self.amount.currency)
        return replace(self, amount=amount, order=plain_name(self.order) if self.order else self.order)

    @property
    def proof(self) -> str:
        """By what name it proves that money was paid."""
        return f"{self.provider}/{self.id}"

    @property
    def told_as(self) -> str:
        """The id of the refund or dispute that the order is told of, when nobody here knows it."""
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
        """The entry of that service."""
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
    """`statement.told`: entries of a statement. `since` and `until` say what time the whole of it covers, and come with
    its last entries: what is not in it was not paid in that time."""

    provider: Provider
    statement: Name
    entries: Annotated[tuple[EntryIn, ...], Meta(max_length=MOST_TOLD)] = ()
    since: Time | None = None
    until: Time | None = None
    occurred_at: Time | None = None


def check_told(told: StatementUpload, now: Instant) -> None:
    """Refuse times that are none, and half a period."""
    if (told.since is None) != (told.until is None):
        raise invalid("data.until", "comes with since")
    if told.since and told.until and not 0 <= from_datetime(told.since) <= from_datetime(told.until) <= now + DAY_MS:
        raise invalid("data.until", "lies before since, or more than a day in the future")
    for place, one in enumerate(told.entries):
        check_time(f"data.entries[{place}].at", from_datetime(one.at), now)
        check_amount(f"data.entries[{place}].amount", Money(one.amount.amount, one.amount.currency))


def check_amount(path: str, amount: Money) -> None:
    """Refuse what gives nothing, and what cannot be paid in its currency's coins."""
    if amount.value <= 0:
        raise invalid(path, "gives back nothing")
    check_coin(path, amount)


def check_time(path: str, at: Instant, now: Instant) -> None:
    """Refuse a time before 1970 or more than a day ahead: a statement tells of the past."""
    if not 0 <= at <= now + DAY_MS:
        raise invalid(path, "lies before 1970 or more than a day in the future")
