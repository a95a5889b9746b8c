"""Endpoints that cannot work are refused."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.webhooks_out.endpoint import EndpointIn
from tests.fakes import FakeServices
from tests.support.shops.endpoints import ERP, put_endpoint


@pytest.mark.parametrize(
    ("endpoints", "where"),
    [
        ((ERP, ERP), "endpoints[1].name"),
        ((EndpointIn("x", "http://erp.example.com/"),), "endpoints[0].url"),
        ((EndpointIn("x", ERP.url, ("case.vanished",)),), "endpoints[0].types"),
    ],
)
def test_endpoints_that_cannot_work_are_refused_and_nothing_changes(
    services: FakeServices, endpoints: tuple[EndpointIn, ...], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put_endpoint(services, *endpoints)
    assert refused.value.errors[0][0] == where
    assert (services.deliveries.registered, services.secrets.endpoints) == ((), {})
