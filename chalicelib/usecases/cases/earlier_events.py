"""The events of a case before a change, read once if the change needs them; and the packs that are due."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.packs import PACK_SIZE, EventPack, pack
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasRegistries

    class EarlierEventsServices(HasCases, HasRegistries, Protocol):
        """The services that `earlier_events` uses."""


class EarlierEvents:
    """The events of a case before a change. They are read once, if the change needs them."""

    def __init__(self, services: "EarlierEventsServices", before: StoredCase) -> None:
        self.services = services
        self.before = before

    @cached_property
    def events(self) -> list[Event]:
        """All events of the case, without texts that are not part of its state."""
        return self.services.cases.events_to_fold(self.before)

    def new_packs(self) -> tuple[EventPack, ...]:
        """The packs to store: of the events that are not packed yet, as soon as they are a pack's number. Events that
        wait for their case are not packed, because they may be deleted."""
        before = self.before
        if before.case is None or before.version - before.packed.count < PACK_SIZE:
            return ()
        return pack(self.events, before.packed, before.version)
