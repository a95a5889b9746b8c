"""The services that commands on many cases use."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.usecases.composer.macros.apply_macro import ApplyMacroServices
    from chalicelib.usecases.ports.services import HasBulks, HasDesk, HasMentions

    class RunBulkServices(ApplyMacroServices, HasBulks, HasDesk, HasMentions, Protocol):
        """The services that `run_bulk` uses."""
