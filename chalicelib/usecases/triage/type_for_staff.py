"""Type a text for staff, as a case with these words would be typed."""

from typing import TYPE_CHECKING

from chalicelib.domain.triage.payloads import TriageText
from chalicelib.domain.triage.shop_model import read_model
from chalicelib.domain.triage.typing import Typing, type_text
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasModels, HasShops

    class TypeForStaffServices(HasModels, HasShops, Protocol):
        """The services that `type_for_staff` uses."""


def type_for_staff(services: "TypeForStaffServices", shop: str, body: TriageText) -> Typing:
    """The typing of a text, by the shop's model and the rules. Both know both languages, so its language decides
    nothing. NotFound if the shop does not exist."""
    shop_of(services, shop)
    model = services.models.live(shop)
    return type_text(body.text, read_model(model) if model else None)
