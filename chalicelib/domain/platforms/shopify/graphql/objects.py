"""The objects that all answers of Shopify's Admin API have in common."""

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.shopify.amounts import Amount, AmountSet


class ApiAmount(Amount, rename="camel"):
    """An amount in one currency."""

    amount: str | float | None = None
    currency_code: str | None = None


class ApiAmounts(AmountSet, rename="camel"):
    """An amount in the shop's and in the customer's currency."""

    shop_money: ApiAmount | None = None
    presentment_money: ApiAmount | None = None


class ApiObject(Struct):
    """An object with one of Shopify's global ids."""

    id: str

    @property
    def number(self) -> int:
        """The number at the end of `gid://shopify/Order/1`: the id of the same object in webhooks."""
        digits = self.id.rpartition("/")[2].partition("?")[0]
        if not (digits.isascii() and digits.isdecimal()):
            raise invalid("id", f"{self.id!r} is no id of Shopify's")
        return int(digits)
