"""Let another model of a shop answer, or the one that every shop starts with."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import Conflict, NotFound

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasModels


def put_model_live(services: "HasModels", shop: str, model: str | None) -> None:
    """Let this model answer from now on; with None, the one that every shop starts with. NotFound if the shop has no
    such model; Conflict if it was refused, because it was worse than what answered before."""
    card = next((each for each in services.models.cards(shop) if each.id == model), None)
    if model is not None and card is None:
        raise NotFound("There is no such model.")
    if card is not None and card.state == "refused":
        raise Conflict("This model was refused: it was worse than what answered before.")
    services.models.put_live(shop, model)
