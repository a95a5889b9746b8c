"""Type a text for staff, as a case with these words would be typed."""

from typing import TYPE_CHECKING

from chalicelib.domain.triage.payloads import TriageText
from chalicelib.domain.triage.typing import Typing, type_text
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasShops


def type_for_staff(services: "HasShops", shop: str, body: TriageText) -> Typing:
    """The typing of a text. The rules are of both languages, so its language decides nothing yet. NotFound if the shop
    does not exist."""
    shop_of(services, shop)
    return type_text(body.text)
