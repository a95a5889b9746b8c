"""What an inbound message does: each capability says it for its own messages, in its `intake.py`.

A handler belongs to a type of data, which is a struct class. The function that takes deliveries in asks it whose data
these are and which case they are about; the intake function calls `handle`. A capability imports what `handle` needs
inside the function that it gives here, so that taking a delivery in loads none of it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt, ReceiptState

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services

T = TypeVar("T", bound=Struct)


class Incoming(Struct, frozen=True):
    """What a message came with: its receipt, its type or topic, and the case it is about as it was just read; None
    where nobody has looked."""

    receipt: Receipt
    type: str
    seen: StoredCase | None = None


class Outcome(Struct, frozen=True):
    """What became of a receipt. `gone`: the folder of files to be removed once the outcome is stored. `opened`: the
    case that was opened, for which events may have waited."""

    state: ReceiptState
    case: str | None = None
    reason: str | None = None
    gone: str = ""
    opened: StoredCase | None = None


Handle = Callable[["Services", Shop, T, Incoming], Outcome]
Owner = Callable[["Services", Receipt, T], str | None]
CaseId = Callable[[Origin, T], str]
Check = Callable[[str, T, Instant], None]


class IntakeHandler(Struct, Generic[T], frozen=True, kw_only=True):
    """What follows from messages with this type of data, and from those of types derived from it."""

    data: type[T]
    handle: Handle[T]
    """Does what the message says and tells the outcome; safe to run any number of times."""
    webhooks: tuple[str, ...] = ()
    """The types of webhooks of the `standard` source whose body this is."""
    check: Check[T] | None = None
    """Raises `Invalid` for what the shape of such a webhook cannot say."""
    owner: Owner[T] | None = None
    """The key of the person whose data these are: it seals the receipt. None where nobody is known."""
    case: CaseId[T] | None = None
    """The external id of the case it is about; None where it is about none."""
    opens: bool = False
    """Whether it may open a case, for which the shop's present policy and calendar must be read."""


IntakeTable = tuple[IntakeHandler[Any], ...]
