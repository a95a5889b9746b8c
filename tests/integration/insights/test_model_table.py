"""The models of shops in the table, on moto."""

from chalicelib.adapters.insights.stores.start_model import start_model
from chalicelib.bootstrap import AwsServices
from tests.fakes import SHOP
from tests.support.insights.pages import model


def test_a_shop_whose_model_gave_way_has_the_one_it_started_with(services: AwsServices) -> None:
    services.models.save(SHOP.id, model(), b"weights")
    assert services.models.live(SHOP.id) == b"weights"
    services.models.put_live(SHOP.id, None)
    assert services.models.live(SHOP.id) == start_model()
    services.models.put_live(SHOP.id, model().id)
    assert services.models.live(SHOP.id) == b"weights"
