"""The models of shops in the table, on moto."""

import pytest

from chalicelib.adapters.insights.stores.start_model import start_model
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.errors import NotFound
from tests.fakes import SHOP
from tests.support.insights.pages import model


def test_a_shop_whose_model_gave_way_has_the_one_it_started_with(services: AwsServices) -> None:
    services.models.save(SHOP.id, model(), b"weights")
    assert services.models.live(SHOP.id) == b"weights"
    services.models.put_live(SHOP.id, None)
    assert services.models.live(SHOP.id) == start_model()
    services.models.put_live(SHOP.id, model().id)
    assert services.models.live(SHOP.id) == b"weights"


def test_the_states_of_models_follow_from_which_one_answers(services: AwsServices) -> None:
    for name, state in (("1", "live"), ("2", "refused"), ("3", "live"), ("4", "live")):
        services.models.save(SHOP.id, model(name, state=state), b"weights")

    def states() -> list[str]:
        return [card.state for card in services.models.cards(SHOP.id)]

    assert states() == ["live", "replaced", "refused", "replaced"]
    services.models.put_live(SHOP.id, "3")
    assert states() == ["rolled_back", "live", "refused", "replaced"]
    services.models.put_live(SHOP.id, None)
    assert states() == ["rolled_back", "replaced", "refused", "replaced"]
    with pytest.raises(NotFound):
        services.models.put_live(SHOP.id, "5")
