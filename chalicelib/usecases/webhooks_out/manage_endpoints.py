"""Manage the endpoints of a shop's webhooks: save them, and rotate their secrets."""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import NotFound, Stale, invalid
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.webhooks_out.endpoint import (
    MAX_ENDPOINTS,
    Endpoint,
    EndpointIn,
    EndpointsIn,
    event_types,
    rotated,
    version_of,
    wanted_types,
)
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


HOLD_MS = MINUTE_MS
CHANGED = "Somebody else has changed the endpoints meanwhile. Look at them again, then repeat your change."


def put_endpoints(
    services: "ManageEndpointsServices", shop_id: str, body: EndpointsIn, expected: int | None = None
) -> tuple[tuple[Endpoint, ...], dict[str, str]]:
    """Replace all endpoints of a shop. Returns them, and the secrets of the new ones by name.

    An endpoint that is saved again is enabled again. Invalid names the first endpoint that is not accepted. `expected`:
    the version (`version_of`) of the endpoints that are replaced; Stale if it is another by now.
    """
    shop_of(services, shop_id)
    _check(services, body)
    endpoints = tuple(Endpoint(name=given.name, url=given.url, types=given.types) for given in body.endpoints)
    with _alone(services, shop_id):
        return endpoints, _replace(services, shop_id, endpoints, _current(services, shop_id, expected))


def put_endpoint(
    services: "ManageEndpointsServices", shop_id: str, given: EndpointIn, expected: int
) -> tuple[tuple[Endpoint, ...], dict[str, str]]:
    """Add an endpoint, or save the one of this name again, which enables it; the others stay as they are. Errors and
    result as of `put_endpoints`."""
    shop_of(services, shop_id)
    _check(services, EndpointsIn((given,)))
    saved = Endpoint(name=given.name, url=given.url, types=given.types)
    with _alone(services, shop_id):
        before = _current(services, shop_id, expected)
        after = tuple(saved if each.name == given.name else each for each in before)
        after = after if saved in after else (*after, saved)
        if len(after) > MAX_ENDPOINTS:
            raise invalid("name", f"is one too many; a shop has {MAX_ENDPOINTS} endpoints at most")
        return after, _replace(services, shop_id, after, before)


def remove_endpoint(
    services: "ManageEndpointsServices", shop_id: str, name: str, expected: int
) -> tuple[Endpoint, ...]:
    """Remove an endpoint; those that stay. NotFound without it, Stale as for `put_endpoints`."""
    shop_of(services, shop_id)
    with _alone(services, shop_id):
        before = _current(services, shop_id, expected)
        after = tuple(each for each in before if each.name != name)
        if after == before:
            raise NotFound(f"There is no endpoint {name!r}.")
        _replace(services, shop_id, after, before)
        return after


@contextmanager
def _alone(services: "ManageEndpointsServices", shop_id: str) -> Iterator[None]:
    """Change endpoints and their secrets while nobody else does: these are two stores, and secrets are saved all at
    once. Stale while somebody else changes them; who does not come to an end stands in the way for a minute."""
    now = services.now()
    if not services.deliveries.hold(shop_id, now, now + HOLD_MS):
        raise Stale(CHANGED)
    try:
        yield
    finally:
        services.deliveries.release(shop_id, now + HOLD_MS)


def _current(services: "ManageEndpointsServices", shop_id: str, expected: int | None) -> tuple[Endpoint, ...]:
    """The shop's endpoints. Stale unless they have the version that the caller expects."""
    endpoints = services.deliveries.endpoints(shop_id)
    if expected is not None and version_of(endpoints) != expected:
        raise Stale(CHANGED)
    return endpoints


def _replace(
    services: "ManageEndpointsServices", shop_id: str, after: tuple[Endpoint, ...], before: tuple[Endpoint, ...]
) -> dict[str, str]:
    """Save the endpoints, and secrets for those that have none; the new secrets by name.

    The endpoints come first, so that only the one whose change was taken writes secrets. Until they are there, an
    attempt of a delivery to a new endpoint fails and is made again.
    """
    if not services.deliveries.save_endpoints(shop_id, before, after):
        raise Stale(CHANGED)
    stored = services.secrets.endpoint_secrets(shop_id)
    new = {endpoint.name: new_secret() for endpoint in after if endpoint.name not in stored}
    by_name = {endpoint.name: stored.get(endpoint.name) or (Secret(new[endpoint.name]),) for endpoint in after}
    services.secrets.save_endpoint_secrets(shop_id, by_name)
    services.shops.save(replace(shop_of(services, shop_id), sends=wanted_types(after)))
    return new


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
    """Create a new secret of an endpoint; those before it stay valid for a day. Returns the secrets, the newest
    first; NotFound without such an endpoint."""
    shop_of(services, shop_id)
    with _alone(services, shop_id):
        stored = services.secrets.endpoint_secrets(shop_id)
        if name not in stored:
            raise NotFound(f"There is no endpoint {name!r}.")
        rotated_secrets = rotated(stored[name], new_secret(), services.now())
        services.secrets.save_endpoint_secrets(shop_id, stored | {name: rotated_secrets})
        return rotated_secrets


def new_secret() -> str:
    """A new secret of the Standard Webhooks scheme: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
