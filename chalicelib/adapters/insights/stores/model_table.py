"""The models of shops in the table: which one answers, the card of each, and the weights of each."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.insights.stores.start_model import start_model
from chalicelib.domain.insights.model_card import ModelCard, with_states
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
        named = self._live_id(shop)
        if named is None:
            return start_model()
        stored_name, model = self._read.get(shop, ("", b""))
        if stored_name != named:
            weights = self.table.get(keys.models(shop), f"W#{named}")
            model = weights["weights"] if weights else start_model()
            self._read[shop] = named, model
        return model

    def start(self) -> bytes | None:
        """The model with which every shop starts."""
        return start_model()

    def cards(self, shop: str) -> Sequence[ModelCard]:
        """The cards of the newest models of a shop, the newest first."""
        items = self.table.query(keys.models(shop), between=CARDS, page=NEWEST, backwards=True)
        cards = [msgspec.json.decode(item["card"], type=ModelCard) for item in islice(items, NEWEST)]
        return with_states(cards, self._live_id(shop))

    def save(self, shop: str, card: ModelCard, model: bytes) -> None:
        """Store a model with its card; it goes live if the card says so. The card comes last: by it a run that is
        repeated knows that it has nothing to do."""
        self.table.put({"pk": keys.models(shop), "sk": f"W#{card.id}", "weights": model})
        if card.state == "live":
            self._save_live(shop, card.id)
        text = msgspec.json.encode(card).decode()
        self.table.put({"pk": keys.models(shop), "sk": f"C#{card.id}", "card": text})

    def put_live(self, shop: str, model_id: str | None) -> None:
        """Let this model answer, or none. NotFound if the shop has no such model."""
        if model_id is not None and self.table.get(keys.models(shop), f"C#{model_id}") is None:
            raise NotFound(f"There is no model {model_id!r}.")
        self._save_live(shop, model_id)

    def _live_id(self, shop: str) -> str | None:
        item = self.table.get(keys.models(shop), LIVE)
        return item.get("model") if item else None  # the table stores no null

    def _save_live(self, shop: str, model_id: str | None) -> None:
        self.table.put({"pk": keys.models(shop), "sk": LIVE, "model": model_id})
