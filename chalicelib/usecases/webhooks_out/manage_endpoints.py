"""Where a shop wants its webhooks: put its endpoints, rotate their secrets."""

import base64
import secrets

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.webhooks_out.endpoint import Endpoint, EndpointsIn, event_types, rotated, wanted_types
from chalicelib.usecases.ports.services import Services, shop_of


def put_endpoints(services: Services, shop_id: str, told: EndpointsIn) -> tuple[tuple[Endpoint, ...], dict[str, str]]:
    """Keep these endpoints and no others; they, and the secrets of those that are new, by name.

    An endpoint that is put again is enabled again. Invalid names the first that may not be.
    """
    shop = shop_of(services, shop_id)
    _check(services, told)
    endpoints = tuple(Endpoint(name=one.name, url=one.url, types=one.types) for one in told.endpoints)
    known = services.secrets.endpoint_secrets(shop_id)
    made = {one.name: new_secret() for one in endpoints if one.name not in known}
    kept = {one.name: known.get(one.name) or (Secret(made[one.name]),) for one in endpoints}
    services.secrets.save_endpoint_secrets(shop_id, kept)
    services.deliveries.save_endpoints(shop_id, endpoints)
    services.shops.save(replace(shop, sends=wanted_types(endpoints)))
    return endpoints, made


def _check(services: Services, told: EndpointsIn) -> None:
    seen: set[str] = set()
    types = event_types(services.registries.facts)
    for place, one in enumerate(told.endpoints):
        if one.name in seen:
            raise invalid(f"endpoints[{place}].name", f"{one.name!r} is there twice")
        seen.add(one.name)
        unknown = next((kind for kind in one.types if kind not in types), None)
        if unknown is not None:
            raise invalid(f"endpoints[{place}].types", f"{unknown!r} is no type; there are {', '.join(types)}")
        objection = services.webhook_client.objection(one.url)
        if objection is not None:
            raise invalid(f"endpoints[{place}].url", objection)


def rotate_secret(services: Services, shop_id: str, name: str) -> tuple[Secret, ...]:
    """Make a new secret; the old one signs besides it for a day. The secrets, the newest first."""
    shop_of(services, shop_id)
    known = services.secrets.endpoint_secrets(shop_id)
    if name not in known:
        raise NotFound(f"There is no endpoint {name!r}.")
    new = rotated(known[name], new_secret(), services.now())
    services.secrets.save_endpoint_secrets(shop_id, known | {name: new})
    return new


def new_secret() -> str:
    """A secret of the Standard Webhooks scheme: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
