"""Exports of a customer's personal data, at their request."""

from msgspec import Struct

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant

LINK_LIFETIME_MS = 7 * DAY_MS
"""How long the link in the email leads to the file."""


class Export(Struct, frozen=True, kw_only=True):
    """A requested export. `until`: when its link expires."""

    id: str
    shop: str
    customer: str
    until: Instant
    notes: bool = False
    """Whether it includes staff's internal notes: a supervisor checked that they may be given out."""

    @property
    def file(self) -> str:
        """The key of its file: below the customer, so that erasing them removes it."""
        return f"exports/{self.shop}/{key_of_id(self.customer)}/{self.id}.json"
