"""An order that was bought."""

import pytest

from tests.fakes import FakeServices
from tests.support.cases.webhooks import request
from tests.support.orders.money import BOUGHT


@pytest.fixture
def bought(services: FakeServices) -> FakeServices:
    services.hook("order.updated", dict(BOUGHT))
    services.hook("case.requested", request(order=BOUGHT))
    return services
