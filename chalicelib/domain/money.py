"""Amounts of money: decimal strings with their currency, computed exactly."""

from decimal import Decimal

from msgspec import Struct


class Money(Struct, frozen=True):
    """An amount as a decimal string, and its ISO 4217 currency."""

    amount: str
    currency: str

    @property
    def value(self) -> Decimal:
        """The amount as a number."""
        return Decimal(self.amount)
