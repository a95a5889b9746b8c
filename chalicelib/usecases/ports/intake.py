"""Receipts of inbound messages (webhooks and emails), and the handlers of their data.

Each capability registers the handlers of its own messages in its `intake.py`. A handler belongs to one type of data,
which is a struct class. The function that receives a message asks the handler whose data it is and which case it is
about; the intake function calls `handle`. A capability imports what `handle` needs inside that function, so that
receiving a message does not load it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from msgspec import Struct

from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import Page, StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services

T = TypeVar("T", bound=Struct)

ReceiptState = Literal["stored", "processed", "ignored", "failed"]

NOBODY = "nobody-"
"""Prefix of the key name for messages about unknown people. The number of the day follows it; the key is deleted with
the receipts of that day."""


class EventKey(Struct, frozen=True):
    """Where an event is stored: the key of its case, and its order among the case's events."""

    case_key: str
    order: str


class Receipt(Struct, frozen=True, kw_only=True):
    """A webhook or email as it was received, stored before it is processed."""

    id: str
    shop: str
    source: Origin
    delivery: str
    """The sender's id of the delivery, or a hash of its content: a repeated delivery has the same."""
    type: str
    received_at: Instant
    body: bytes
    state: ReceiptState = "stored"
    case: str | None = None
    attempts: int = 0
    reason: str | None = None
    sent_at: Instant | None = None
    """When the event happened according to the platform; never later than `received_at`."""
    whose: str = ""
    """The name of the data key that encrypts the body. Once the key is deleted, the body reads as empty."""
    becomes: EventKey | None = None
    """The event that it becomes unless the same event came before; None if that cannot be said from the message alone,
    and for receipts of earlier versions. The event names the receipt, which is how it is known to be processed."""


LISTED: tuple[ReceiptState, ...] = ("failed", "ignored")
"""The states of receipts that are listed. A processed message is found at its case, and being listed would cost a write
per message."""


class ReceiptStore(Protocol):
    """Receipts by id, stored for 30 days; those without effect are listed."""

    def add(self, receipt: Receipt, of_new_customer: bool = False) -> Receipt | None:
        """Store a new receipt and have the relay send it to the intake queue if its state is `stored`. If the same
        delivery was stored before, change nothing and return the stored receipt; otherwise return None.

        `of_new_customer`: whether it is probably the first message of its customer, who then has no key yet.
        """

    def load(self, identifier: str) -> Receipt | None:
        """The receipt with this id; None if there is none."""

    def load_many(self, keys: Iterable[str]) -> dict[str, Receipt]:
        """The receipts with these keys (`key_of_id`), by key; missing ones are left out."""

    def settle(
        self, receipt: Receipt, state: ReceiptState, case: str | None, reason: str | None, attempts: int = 1
    ) -> None:
        """Save the result of one attempt and count the attempt; `attempts` counts earlier ones that were not saved,
        too. A `case` of None leaves a stored case id unchanged; a `reason` of None removes a stored reason."""

    def newest(
        self, shop: str, sources: Sequence[Origin], states: Sequence[ReceiptState], limit: int, after: str | None
    ) -> Page:
        """A page of a shop's receipts from these sources in these of the states `LISTED`, the newest first. Receipts
        that earlier versions stored are not in it."""


class Incoming(Struct, frozen=True):
    """What accompanies the data of a message: its receipt and its type or topic. `seen` is the case it is about, if it
    was just read with others; None if it was not read."""

    receipt: Receipt
    type: str
    seen: StoredCase | None = None


class Outcome(Struct, frozen=True):
    """The result of processing a receipt. `unused_files`: the folder of uploaded files to remove once the result is
    stored. `opened`: the case that was opened; events may have waited for it."""

    state: ReceiptState
    case: str | None = None
    reason: str | None = None
    unused_files: str = ""
    opened: StoredCase | None = None
    events: tuple[Event, ...] = ()
    """The events that this attempt stored."""


Handle = Callable[["Services", Shop, T, Incoming], Outcome]
Owner = Callable[["Services", Receipt, T], str | None]
CaseId = Callable[[Origin, T], str]
Becomes = Callable[[Receipt, T], EventKey]
Check = Callable[[str, T, Instant], None]


class IntakeHandler(Struct, Generic[T], frozen=True, kw_only=True):
    """How messages with this type of data, or a type derived from it, are handled."""

    data: type[T]
    handle: Handle[T]
    """Applies the message and returns the result; safe to run any number of times. An `AftercareError` becomes the
    result `failed`, an `IgnoredTopic` the result `ignored`; after any other error the receipt is retried."""
    webhooks: tuple[str, ...] = ()
    """The types of webhooks of the `standard` source that carry this data."""
    check: Check[T] | None = None
    """Checks what the shape of such a webhook cannot express. Raises `Invalid`."""
    owner: Owner[T] | None = None
    """The key of the person whose data it is: it encrypts the receipt. Returns None if no person is known."""
    case: CaseId[T] | None = None
    """The external id of the case the message is about; None as a field if such messages are about no case."""
    becomes: Becomes[T] | None = None
    """The event that the message becomes unless it came before; None if that depends on more than the message."""
    opens: bool = False
    """Whether it may open a case, which requires the shop's current policy and calendar."""


IntakeTable = tuple[IntakeHandler[Any], ...]
