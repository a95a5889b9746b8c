"""Endpoints: what cannot work is refused, two admins take nothing from each other, secrets end when they should."""

import pytest

from chalicelib.domain.kernel.errors import Invalid, Stale
from chalicelib.domain.kernel.secret import OLD_SECRET_LIFETIME_MS
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.webhooks_out.endpoint import MAX_SECRETS, EndpointIn, active_secrets
from chalicelib.usecases.webhooks_out.manage_endpoints import HOLD_MS, rotate_secret
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


def test_who_saves_endpoints_while_another_does_is_told_so_and_takes_nothing_away(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = EndpointIn("lake", ERP.url, ("money.requested",))
    read = services.secrets.endpoint_secrets
    refused: list[type[Exception]] = []

    def meanwhile(shop: str, need: str | None = None) -> object:
        with pytest.raises(Stale):
            put_endpoint(services, other)
        refused.append(Stale)
        return read(shop, need)

    with monkeypatch.context() as racing:
        racing.setattr(services.secrets, "endpoint_secrets", meanwhile)
        put_endpoint(services, ERP)
    assert refused == [Stale]
    put_endpoint(services, ERP, other)
    assert [endpoint.name for endpoint in services.deliveries.registered] == list(services.secrets.endpoints)


def test_a_change_that_did_not_come_to_an_end_stands_in_the_way_for_a_minute(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(services.deliveries, "release", lambda *_: None)
        put_endpoint(services, ERP)
    with pytest.raises(Stale):
        put_endpoint(services, ERP)
    services.time += HOLD_MS
    put_endpoint(services, ERP)


def test_a_second_rotation_does_not_end_the_secret_that_the_receiver_has(services: FakeServices) -> None:
    put_endpoint(services, ERP)
    (first,) = services.secrets.endpoints["erp"]
    rotate_secret(services, "demo", "erp")
    services.time += MINUTE_MS
    newest, *_ = after = rotate_secret(services, "demo", "erp")
    assert active_secrets(after, services.now())[0] == newest.secret
    assert first.secret in active_secrets(after, services.now())
    services.time += OLD_SECRET_LIFETIME_MS - MINUTE_MS
    assert first.secret not in active_secrets(after, services.now())
    for _ in range(2 * MAX_SECRETS):
        after = rotate_secret(services, "demo", "erp")
    assert len(after) == MAX_SECRETS
