"""List the messages of a shop that had no effect, because they failed or were ignored."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.enums import SOURCES, Origin
from chalicelib.domain.kernel.errors import invalid
from chalicelib.usecases.ports.cases import Page
from chalicelib.usecases.ports.intake import LISTED
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasReceipts, HasShops

    class ListReceiptsServices(HasReceipts, HasShops, Protocol):
        """The services that `list_receipts` uses."""


ORIGINS: tuple[Origin, ...] = (*SOURCES, "mail")


def list_receipts(
    services: "ListReceiptsServices", shop: str, source: str | None, state: str | None, limit: int, after: str | None
) -> Page:
    """A page of a shop's receipts (`Receipt`) that failed or were ignored, the newest first; of one source, or of one
    of these states, if it is given. NotFound without the shop, Invalid for a source or state that is not listed."""
    shop_of(services, shop, fresh=False)
    sources = [name for name in ORIGINS if source in (None, name)]
    states = [name for name in LISTED if state in (None, name)]
    if not sources:
        raise invalid("source", f"is one of {', '.join(ORIGINS)}")
    if not states:
        raise invalid("state", f"is one of {', '.join(LISTED)}; other receipts are found at their cases")
    return services.receipts.newest(shop, sources, states, limit, after)
