"""The models of shops in the table: which one answers, the card of each, and the weights of each."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.insights.stores.start_model import start_model
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.kernel.errors import NotFound

LIVE = "LIVE"
CARDS = ("C#", "C$")
NEWEST = 50


class ModelTable:
    """The `ModelStore` on DynamoDB. A process keeps the model of each shop that it has read. A shop without one has the
    one with which every shop starts."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._read: dict[str, tuple[str, bytes]] = {}

    def live(self, shop: str) -> bytes | None:
        """The model that types texts on arrival. Which one it is is read each time, so that none answers once it was
        replaced; its weights are read once per process."""
        item = self.table.get(keys.models(shop), LIVE)
        named = item.get("model") if item else None  # the table stores no null
        if named is None:
            return start_model()
        stored_name, model = self._read.get(shop, ("", b""))
        if stored_name != named:
            weights = self.table.get(keys.models(shop), f"W#{named}")
            model = weights["weights"] if weights else start_model()
            self._read[shop] = named, model
        return model

    def cards(self, shop: str) -> Sequence[ModelCard]:
        """The cards of the newest models of a shop, the newest first."""
        items = self.table.query(keys.models(shop), between=CARDS, page=NEWEST, backwards=True)
        return [msgspec.json.decode(item["card"], type=ModelCard) for item in items][:NEWEST]

    def save(self, shop: str, card: ModelCard, model: bytes) -> None:
        """Store a model with its card; it goes live if the card says so."""
        self.table.put({"pk": keys.models(shop), "sk": f"W#{card.id}", "weights": model})
        self._save_card(shop, card)
        if card.state == "live":
            self.put_live(shop, card.id)

    def put_live(self, shop: str, model_id: str | None) -> None:
        """Let this model answer, or none. NotFound if the shop has no such model."""
        cards = {card.id: card for card in self.cards(shop)}
        if model_id is not None and model_id not in cards:
            raise NotFound(f"There is no model {model_id!r}.")
        for card in cards.values():
            if card.id == model_id and card.state != "live":
                self._save_card(shop, replace(card, state="live"))
            elif card.id != model_id and card.state == "live":
                is_later = model_id is None or card.id > model_id
                self._save_card(shop, replace(card, state="rolled_back" if is_later else "replaced"))
        self.table.put({"pk": keys.models(shop), "sk": LIVE, "model": model_id})

    def _save_card(self, shop: str, card: ModelCard) -> None:
        self.table.put({"pk": keys.models(shop), "sk": f"C#{card.id}", "card": msgspec.json.encode(card).decode()})
