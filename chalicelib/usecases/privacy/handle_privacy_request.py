"""Privacy requests that platforms must pass on: to erase a customer's data, or to export it."""

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.platforms.events import DataRequest, PersonReference, Redaction
from chalicelib.domain.privacy.erasure import ErasureTarget
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.privacy.erase_customer import erase_named
from chalicelib.usecases.privacy.export_customer import request_export
from chalicelib.usecases.privacy.find_person import find_person

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasExports,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        HasWords,
    )

    class HandlePrivacyRequestServices(
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasExports,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `handle_privacy_request` uses."""


def handle_privacy_request(
    services: "HandlePrivacyRequestServices", shop: Shop, request: Redaction | DataRequest, receipt: Receipt
) -> tuple[str, ...]:
    """Handle the request; the ids of customers who may have been meant as well, for staff to check. Held when a legal
    hold covers some of the data to erase."""
    shop_actor = Actor("shop", shop.id)
    target = whom(request, receipt.source)
    if isinstance(request, Redaction):
        return erase_named(services, shop, target, shop_actor, receipt.id).doubtful
    match = find_person(services, shop, target)
    roots = {root.id: root for key in match.meant if (root := main_record(services, key)) is not None}
    for root in roots.values():
        with suppress(Conflict):  # no export without exactly one address that all of the data certainly belongs to
            request_export(services, root, shop_actor)
    return tuple(customer.id for customer in match.doubtful.values())


def in_words(doubtful: tuple[str, ...]) -> str | None:
    """What a receipt's reason says about customers who may have been meant; None when there are none."""
    return f"perhaps meant, too, and left to staff: {', '.join(doubtful)}" if doubtful else None


def whom(reference: PersonReference, source: str) -> ErasureTarget:
    """The customer whom a platform's request names."""
    return ErasureTarget(
        source=source,
        external_ids=(reference.customer,) if reference.customer else (),
        emails=(reference.email,) if reference.email else (),
        phones=(reference.phone,) if reference.phone else (),
        orders=reference.orders,
    )
