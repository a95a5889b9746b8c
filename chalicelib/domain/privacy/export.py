"""What is held of a person, asked for by them."""

from msgspec import Struct

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant

LASTS = 7 * DAY_MS
"""How long the link in the mail leads to the file."""


class Export(Struct, frozen=True, kw_only=True):
    """An export that was asked for."""

    id: str
    shop: str
    customer: str
    until: Instant
    notes: bool = False
    """Also what staff wrote among themselves: somebody looked whether it may be given."""

    @property
    def file(self) -> str:
        """Where it lies: below the person, so that forgetting them removes it."""
        return f"exports/{self.shop}/{key_of_id(self.customer)}/{self.id}.json"
