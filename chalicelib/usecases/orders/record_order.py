"""Record what a shop reports about an order."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant, day_of, happened_at
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord, apply_order_update
from chalicelib.domain.orders.platform_order import CompleteOrder
from chalicelib.domain.orders.update_values import values_in_update
from chalicelib.domain.search.parcel_numbers import plain_tracking
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.customers.upsert_identified import noted_unless_kept, upsert_identified
from chalicelib.usecases.orders.merge_buyer import merge_buyer
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy, VersionConflict

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasShops,
        HasVault,
        HasWords,
    )

    class RecordOrderServices(
        HasClock, HasCustomers, HasIdentities, HasOrderRecords, HasShops, HasVault, HasWords, Protocol
    ):
        """The services that `record_order` uses."""


def record_order(services: "RecordOrderServices", shop: Shop, update: OrderUpdate, now: Instant) -> OrderRecord:
    """The order record after an update that was received `now`. Repeated, late or out of order, updates have the same
    result. `Busy` if others keep writing the record.

    A repeated update merges the buyer, too, because the first one may have been interrupted before that.
    """
    occurred_at = happened_at(update.occurred_at, now)
    if update.customer is None:
        return _save_update(services, shop, update, None, occurred_at, now)[1]
    # without a time of its own, an update that is fetched again is not recognized as the one that was interrupted
    store = upsert_identified if update.occurred_at is not None else upsert_customer
    customer = store(services, shop, update.customer, occurred_at)
    with noted_unless_kept(services, customer) as owners:
        before, record = _save_update(services, shop, update, customer, occurred_at, now)
        owners.append(record.customer)
    is_repeated = before == record
    if record.customer == customer.id and (before.customer is None or is_repeated):
        merge_buyer(services, shop, update.external_id, customer)
    return record


def _save_update(
    services: "RecordOrderServices",
    shop: Shop,
    update: OrderUpdate,
    customer: Customer | None,
    occurred_at: Instant,
    now: Instant,
) -> tuple[OrderRecord, OrderRecord]:
    """The order record before an update, and after it."""
    for attempt in range(ATTEMPTS):
        before = record_before(services, shop, update.external_id, isinstance(update, CompleteOrder))
        values = values_in_update(update, customer.id if customer else None, before, occurred_at, now)
        after = apply_order_update(before, update, values, occurred_at, now)
        after = _with_statements(services, before, after)
        if after == before:
            return before, before
        services.words.add_tracking(shop.id, after.external_id, _new_tracking_numbers(before, after))
        days = _changed_days(before, after, shop, services.now())
        try:
            return before, services.order_records.save(before, after, shop, days, services.now())
        except VersionConflict:
            services.pause(attempt)
    raise Busy(f"order {key_of(shop.id, update.external_id)} was written by others {ATTEMPTS} times in a row")


def _new_tracking_numbers(before: OrderRecord, after: OrderRecord) -> list[str]:
    """The plain tracking numbers of parcels by which the order cannot be found yet."""
    earlier, numbers = (
        {number: None for parcel in record.parcels for number in (parcel.tracking, *parcel.tracking_numbers) if number}
        for record in (before, after)
    )
    plain = (plain_tracking(number) for number in numbers if number not in earlier)
    return list(dict.fromkeys(number for number in plain if number))


def record_before(services: "HasOrderRecords", shop: Shop, order: str, by_id: bool) -> OrderRecord:
    """The order record so far; an empty one if there is none. Platforms name an order by its id (`by_id`): a record
    that has this text as its number is another order's."""
    record = services.order_records.load(shop.id, order)
    if record is not None and by_id and record.external_id != order:
        record = services.order_records.load_by_id(shop.id, order)
    return record or OrderRecord(shop=shop.id, external_id=order)


def _with_statements(services: "RecordOrderServices", before: OrderRecord, after: OrderRecord) -> OrderRecord:
    """An order whose number is reported for the first time, with what statements reported under that number before."""
    if after.number is None or after.number == before.number:
        return after
    by_number = services.order_records.load(after.shop, after.number)
    if by_number is None or by_number.external_id == after.external_id or not by_number.is_of_statements:
        return after
    return replace(after, told=by_number.told | after.told)


def _changed_days(before: OrderRecord, after: OrderRecord, shop: Shop, now: Instant) -> frozenset[str]:
    """The past days whose deliveries have changed."""
    delivered = [record.delivered_at for record in (before, after) if record.told]
    days = {day_of(delivered_at, shop.time_zone) for delivered_at in delivered if delivered_at}
    return frozenset(day for day in days if day < day_of(now, shop.time_zone))
