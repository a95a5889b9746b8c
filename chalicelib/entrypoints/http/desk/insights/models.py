"""The models of a shop: what each learned from, how good it is, and which of them answers."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.insights.common import insights_page, open_tab
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.observability import logger


def show(desk: Desk) -> Response:
    """The cards of all models, the newest first."""
    from chalicelib.entrypoints.http.desk.insights.plots import plot_of

    open_tab(desk, "models")
    words = Words(desk)
    name, certain, right = (words.say(f"insights.{each}") for each in ("plot", "confidence", "right_share"))
    cards = services().models.cards(desk.shop.id)
    drawn = [(card, plot_of(words, card.calibration, name, certain, right)) for card in cards]
    return insights_page(desk, "models", "models.html", None, cards=drawn)


def put_live(desk: Desk) -> Response:
    """Let another model answer, or the one that every shop starts with."""
    from chalicelib.usecases.insights.put_model_live import put_model_live

    if not desk.caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may change which model answers.")
    model = desk.form.get("model") or None
    put_model_live(services(), desk.shop.id, model)
    logger.info("model put live", extra={"model": model, "by": desk.caller.name})
    return see_other(desk.address("insights/models"))
