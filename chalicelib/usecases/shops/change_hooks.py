"""Change where a shop's webhooks come from and go to on behalf of somebody, and record it without any secret. The API
and the agents' desk both come this way."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import Instant, format_instant
from chalicelib.domain.shops.webhook_sources import SourceIn
from chalicelib.domain.webhooks_out.endpoint import Endpoint, EndpointIn, EndpointsIn, without_secrets
from chalicelib.usecases.shops import manage_sources
from chalicelib.usecases.shops.manage_sources import SourceState
from chalicelib.usecases.shops.record_change import record_change
from chalicelib.usecases.webhooks_out import manage_endpoints

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasSettingChanges
    from chalicelib.usecases.shops.manage_sources import ManageSourcesServices
    from chalicelib.usecases.webhooks_out.manage_endpoints import ManageEndpointsServices

    class ChangeHooksServices(HasSettingChanges, ManageSourcesServices, ManageEndpointsServices, Protocol):
        """The services that `change_hooks` uses."""


Saved = tuple[tuple[Endpoint, ...], dict[str, str]]
"""All endpoints of a shop, and the secrets of the new ones by name."""


def change_source(services: "ChangeHooksServices", shop: str, source: str, given: SourceIn, by: str) -> SourceState:
    """Save a platform's secret, or the access to its API (`manage_sources.put_source`)."""
    before = manage_sources.read_source(services, shop, source)
    after = manage_sources.put_source(services, shop, source, given)
    now = services.now()
    earlier, later = {"store": before.store}, {"store": after.store}
    later |= _renewed("secret", now if before.old_until != after.old_until else None)
    later |= _renewed("token", now if given.token is not None else None)
    record_change(services, shop, "sources", source, by, earlier, later)
    return after


def rotate_source(services: "ChangeHooksServices", shop: str, source: str, by: str) -> tuple[SourceState, str]:
    """Make a new secret of a source (`manage_sources.rotate_source`)."""
    state, secret = manage_sources.rotate_source(services, shop, source)
    record_change(services, shop, "sources", source, by, {}, _renewed("secret", services.now()))
    return state, secret


def change_endpoints(
    services: "ChangeHooksServices", shop: str, body: EndpointsIn, by: str, expected: int | None = None
) -> Saved:
    """Replace all endpoints of a shop (`manage_endpoints.put_endpoints`)."""
    before = services.deliveries.endpoints(shop)
    saved = manage_endpoints.put_endpoints(services, shop, body, expected)
    _record(services, shop, by, before, saved[0])
    return saved


def change_endpoint(services: "ChangeHooksServices", shop: str, given: EndpointIn, by: str, expected: int) -> Saved:
    """Add or save one endpoint (`manage_endpoints.put_endpoint`)."""
    before = services.deliveries.endpoints(shop)
    saved = manage_endpoints.put_endpoint(services, shop, given, expected)
    _record(services, shop, by, before, saved[0])
    return saved


def remove_endpoint(services: "ChangeHooksServices", shop: str, name: str, by: str, expected: int) -> None:
    """Remove one endpoint (`manage_endpoints.remove_endpoint`)."""
    before = services.deliveries.endpoints(shop)
    _record(services, shop, by, before, manage_endpoints.remove_endpoint(services, shop, name, expected))


def rotate_endpoint(services: "ChangeHooksServices", shop: str, name: str, by: str) -> tuple[Secret, ...]:
    """Make a new secret of an endpoint (`manage_endpoints.rotate_secret`)."""
    secrets = manage_endpoints.rotate_secret(services, shop, name)
    record_change(services, shop, "endpoints", name, by, {}, _renewed("secret", services.now()))
    return secrets


def _record(
    services: "ChangeHooksServices",
    shop: str,
    by: str,
    before: tuple[Endpoint, ...],
    after: tuple[Endpoint, ...],
) -> None:
    record_change(services, shop, "endpoints", "", by, without_secrets(before), without_secrets(after))


def _renewed(field: str, renewed_at: Instant | None) -> dict[str, str]:
    """That a secret was replaced and when, which is all that is recorded of it."""
    return {f"{field}_renewed_at": format_instant(renewed_at)} if renewed_at is not None else {}
