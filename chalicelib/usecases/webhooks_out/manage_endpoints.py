"""Manage the endpoints of a shop's webhooks: save them, and rotate their secrets."""

import base64
import secrets
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.webhooks_out.endpoint import Endpoint, EndpointsIn, event_types, rotated, wanted_types
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasClock,
        HasDeliveries,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasWebhookClient,
    )

    class ManageEndpointsServices(
        HasClock, HasDeliveries, HasRegistries, HasSecrets, HasShops, HasWebhookClient, Protocol
    ):
        """The services that `manage_endpoints` uses."""


def put_endpoints(
    services: "ManageEndpointsServices", shop_id: str, body: EndpointsIn
) -> tuple[tuple[Endpoint, ...], dict[str, str]]:
    """Replace all endpoints of a shop. Returns them, and the secrets of the new ones by name.

    An endpoint that is saved again is enabled again. Invalid names the first endpoint that is not accepted.
    """
    shop = shop_of(services, shop_id)
    _check(services, body)
    endpoints = tuple(Endpoint(name=given.name, url=given.url, types=given.types) for given in body.endpoints)
    stored = services.secrets.endpoint_secrets(shop_id)
    new = {endpoint.name: new_secret() for endpoint in endpoints if endpoint.name not in stored}
    secrets_by_name = {
        endpoint.name: stored.get(endpoint.name) or (Secret(new[endpoint.name]),) for endpoint in endpoints
    }
    services.secrets.save_endpoint_secrets(shop_id, secrets_by_name)
    services.deliveries.save_endpoints(shop_id, endpoints)
    services.shops.save(replace(shop, sends=wanted_types(endpoints)))
    return endpoints, new


def _check(services: "ManageEndpointsServices", body: EndpointsIn) -> None:
    seen: set[str] = set()
    types = event_types(services.registries.facts)
    for index, endpoint in enumerate(body.endpoints):
        if endpoint.name in seen:
            raise invalid(f"endpoints[{index}].name", f"{endpoint.name!r} is there twice")
        seen.add(endpoint.name)
        unknown = next((event_type for event_type in endpoint.types if event_type not in types), None)
        if unknown is not None:
            raise invalid(f"endpoints[{index}].types", f"{unknown!r} is no type; there are {', '.join(types)}")
        objection = services.webhook_client.objection(endpoint.url)
        if objection is not None:
            raise invalid(f"endpoints[{index}].url", objection)


def rotate_secret(services: "ManageEndpointsServices", shop_id: str, name: str) -> tuple[Secret, ...]:
    """Create a new secret of an endpoint; the previous one stays valid for a day. Returns the secrets, the newest
    first; NotFound without such an endpoint."""
    shop_of(services, shop_id)
    stored = services.secrets.endpoint_secrets(shop_id)
    if name not in stored:
        raise NotFound(f"There is no endpoint {name!r}.")
    rotated_secrets = rotated(stored[name], new_secret(), services.now())
    services.secrets.save_endpoint_secrets(shop_id, stored | {name: rotated_secrets})
    return rotated_secrets


def new_secret() -> str:
    """A new secret of the Standard Webhooks scheme: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
