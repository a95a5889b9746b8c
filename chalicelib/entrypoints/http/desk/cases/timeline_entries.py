"""What a timeline shows: its entries, and how they stand together."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.facts import AttachedFile
from chalicelib.domain.kernel.timestamps import Instant

Kind = Literal["customer", "staff", "note", "side", "fact"]


class MailLine(Struct, frozen=True, kw_only=True):
    """The email that a message came in."""

    letter: str
    sender: str
    copied: str
    is_uncertain: bool
    is_automatic: bool


class File(Struct, frozen=True, kw_only=True):
    """A file of the customer. `id`: that of the evidence."""

    id: str
    label: str
    is_picture: bool


class Entry(Struct, frozen=True, kw_only=True):
    """An event on the timeline. `kind` decides how it looks; a `fact` is one quiet line."""

    id: str
    order: str
    at: Instant
    seq: int
    who: str
    kind: Kind
    type: str
    icon: str
    label: str
    details: tuple[str, ...] = ()
    text: str = ""
    mail: MailLine | None = None
    file: File | None = None
    sent: tuple[AttachedFile, ...] = ()
    """The files that an agent sent along."""
    claimed: str = ""
    of_case: str = ""
    """The id of the case on which it happened, if that was merged into this one; and its number."""
    of_number: str = ""
    own_id: str = ""
    """The id under which this case has it; empty if only the merged case has."""


class Group(Struct, frozen=True):
    """Entries that stand together. A folded one shows its entries when it is opened."""

    entries: list[Entry]
    is_folded: bool


class Timeline(Struct, frozen=True):
    """A page of the timeline. `earlier`: the order before which the next page ends; None when nothing is earlier."""

    groups: list[Group]
    earlier: str | None

    @property
    def messages(self) -> list[Entry]:
        """The customer's messages after the first, which can be taken to a case of their own."""
        entries = (entry for group in self.groups for entry in group.entries)
        return [entry for entry in entries if entry.type == "message_received" and entry.own_id]
