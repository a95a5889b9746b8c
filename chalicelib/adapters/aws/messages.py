"""The messages of the queues. A message refers to an item of the table, and its body is that item's key:
`{"pk": …, "sk": …}`.

Each kind of message is a struct that knows the prefix of its keys, and how to read its fields from a key and write them
to one; no other code parses keys. A worker's table of handlers lists the kinds that its queue accepts: a capability
with a new kind of message defines its struct, and adds it to the tables of its queues.
"""

from collections.abc import Iterable
from typing import ClassVar, Self

import msgspec
from msgspec import Struct

from chalicelib.adapters.aws import keys
from chalicelib.domain.kernel.timestamps import Instant


class UnknownMessage(Exception):
    """The queue accepts no messages of this kind."""


class Message(Struct, frozen=True):
    """A message about an item. By default the item's partition key is the prefix and the first field, and its sort key
    is the second field, or else `sort`."""

    prefix: ClassVar[str] = ""
    sort: ClassVar[str] = ""

    @classmethod
    def of_item(cls, rest: str, sort: str) -> Self:
        """The message about the item with this key; `rest` is its partition key behind the prefix."""
        return msgspec.convert(dict(zip(cls.__struct_fields__, (rest, sort), strict=False)), cls)

    def item(self) -> tuple[str, str]:
        """The partition and the sort key of the item."""
        first, *others = msgspec.structs.astuple(self)
        return f"{self.prefix}#{first}", others[0] if others else self.sort


class _Key(Struct, frozen=True):
    pk: str
    sk: str


def read_message(body: str, kinds: Iterable[type[Message]]) -> Message:
    """The message of a body, if it is of one of these kinds; UnknownMessage otherwise."""
    key = msgspec.json.decode(body, type=_Key)
    prefix, _, rest = key.pk.partition("#")
    kind = next((kind for kind in kinds if kind.prefix == prefix), None)
    if kind is None:
        raise UnknownMessage(f"no message about {prefix} is expected here")
    return kind.of_item(rest, key.sk)


def write_message(message: Message) -> str:
    """The body of a message."""
    return msgspec.json.encode(_Key(*message.item())).decode()


class ItemMessage(Message, frozen=True):
    """Any item, by its whole key: what the relay passes on without reading it."""

    pk: str
    sk: str

    def item(self) -> tuple[str, str]:
        """As it came."""
        return self.pk, self.sk


class CaseEventMessage(Message, frozen=True):
    """An event of a case was stored."""

    prefix = "CASE"
    case_key: str
    order: str

    @classmethod
    def of_item(cls, rest: str, sort: str) -> Self:
        """The event's order stands behind `E#`."""
        return cls(rest, sort.removeprefix("E#"))

    def item(self) -> tuple[str, str]:
        """The event's own item."""
        return keys.case(self.case_key), keys.event(self.order)


class TimerMessage(Message, frozen=True):
    """A timer of a case, a delivery or an agent's shift is due at `at`."""

    prefix = "DUE"
    at: Instant
    kind: str
    key: str

    @classmethod
    def of_item(cls, _rest: str, sort: str) -> Self:
        """All of it stands in the sort key."""
        return cls(*keys.read_timer_sort(sort))

    def item(self) -> tuple[str, str]:
        """It lies in the partition of its minute."""
        return keys.timer_bucket(self.at, self.key), keys.timer_sort(self.at, self.kind, self.key)


class ReceiptMessage(Message, frozen=True):
    """A webhook's receipt is to be processed."""

    prefix = "RECEIPT"
    sort = "R"
    key: str


class CustomerMessage(Message, frozen=True):
    """A customer's record is new, or has a new identifier: the customer is to be identified."""

    prefix = "CUSTOMER"
    key: str
    place: str


class ErasureMessage(Message, frozen=True):
    """An erasure is to be completed."""

    prefix = "ERASURE"
    sort = "X"
    id: str


class InactiveCustomerMessage(Message, frozen=True):
    """A customer may have been inactive for the shop's whole retention period."""

    prefix = "RETIRE"
    customer_key: str
    asked_at: str


class FileDeletionMessage(Message, frozen=True):
    """The files of a case may be deleted."""

    prefix = "CLEAR"
    case_key: str
    asked_at: str


class ReconciliationMessage(Message, frozen=True):
    """A page of a nightly reconciliation with a platform is to be handled."""

    prefix = "RECON"
    shop: str
    page: str


class StatementEntryMessage(Message, frozen=True):
    """An entry of a statement is to be settled: the one at `place` among those of its group."""

    prefix = "ENTRY"
    shop: str
    group: str
    place: str

    @classmethod
    def of_item(cls, rest: str, sort: str) -> Self:
        """The group may have a `#` in it; the shop has none."""
        shop, _, group = rest.partition("#")
        return cls(shop, group, sort)

    def item(self) -> tuple[str, str]:
        """The entry's own item."""
        return keys.entries(self.shop, self.group), self.place


class CheckMessage(Message, frozen=True):
    """Money or an entry of a statement is to be checked again."""

    prefix = "CHECK"
    shop: str
    place: str


class NightlyJobMessage(Message, frozen=True):
    """A part of a shop's nightly job is to be computed."""

    prefix = "NIGHT"
    shop: str
    run: str
    part: int = 1

    @classmethod
    def of_item(cls, rest: str, sort: str) -> Self:
        """The first part's number is not written."""
        run, _, part = sort.partition("#")
        return cls(rest, run, int(part or 1))

    def item(self) -> tuple[str, str]:
        """The run's own item, or that of its part."""
        return f"{self.prefix}#{self.shop}", keys.nightly_job_part(self.run, self.part)


class ExportMessage(Message, frozen=True):
    """A copy of a customer's data is to be made."""

    prefix = "EXPORT"
    sort = "X"
    id: str


class HelpMessage(Message, frozen=True):
    """The link of a request for help is to be sent."""

    prefix = "HELP"
    sort = "H"
    key: str


class CalendarMessage(Message, frozen=True):
    """A shop is to be warned about its calendar."""

    prefix = "CALENDAR"
    shop: str
    warning: str


class DeliveryMessage(Message, frozen=True):
    """A new delivery to an endpoint is to be attempted."""

    prefix = "OUT"
    sort = "D"
    key: str


class MatchingMessage(Message, frozen=True):
    """A shop's waiting cases are to be matched with its agents."""

    prefix = "ROUTE"
    shop: str
    asked_at: str


class NudgeMessage(Message, frozen=True):
    """The open desks of a shop are to be nudged at a whole second."""

    prefix = "NUDGE"
    shop: str
    due_at: str


class LearnMessage(Message, frozen=True):
    """The feedback of a shop is to be understood."""

    prefix = "LEARN"
    shop: str
    run: str


class AlertMessage(Message, frozen=True):
    """An alert of a run is to be sent."""

    prefix = "ALERT"
    shop: str
    alert: str
