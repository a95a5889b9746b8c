"""Keep what a shop tells of an order, and fill in what a case says too little of."""

from typing import Any

from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of, key_of_id
from chalicelib.domain.kernel.timestamps import Instant, day_of, happened_at
from chalicelib.domain.orders.disputes import decided_at, decision_stands
from chalicelib.domain.orders.order import Dispute, DisputeKind, Order, Parcel, Refund
from chalicelib.domain.orders.order_payload import OrderUpdate, instant_of
from chalicelib.domain.orders.order_record import ORDER_FIELDS, OrderRecord, apply_order_update, reported_values
from chalicelib.domain.orders.parcels import add_platform_values
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.orders.revisions import Revision
from chalicelib.domain.platforms.events import PLATFORM_NAMES, CompleteOrder, PlatformDispute
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.upsert_customer import customer_key, order_customer_id, upsert_customer
from chalicelib.usecases.ports import VersionConflict
from chalicelib.usecases.ports.retry import ATTEMPTS, Busy
from chalicelib.usecases.ports.services import Services


def record_order(services: Services, shop: Shop, told: OrderUpdate, now: Instant) -> OrderRecord:
    """The sale after what was told of it, and heard `now`. Told twice, late or in disorder, it comes to the same."""
    at = happened_at(told.occurred_at, now)
    customer = upsert_customer(services, shop, told.customer, at) if told.customer else None
    for attempt in range(ATTEMPTS):
        before = record_before(services, shop, told.external_id, isinstance(told, CompleteOrder))
        news = values_in_update(told, customer.id if customer else None, before, at, now)
        after = apply_order_update(before, told, news, at, now)
        after = _with_statements(services, before, after)
        if after == before:
            return before
        if customer is not None and before.customer is None:
            _known_by_order(services, shop, told.external_id, customer)
        try:
            return services.order_records.save(
                before, after, shop, _changed_days(before, after, shop, services.now()), services.now()
            )
        except VersionConflict:
            services.pause(attempt)
    raise Busy(f"order {key_of(shop.id, told.external_id)} was written by others {ATTEMPTS} times in a row")


def record_before(services: Services, shop: Shop, order: str, by_id: bool) -> OrderRecord:
    """The sale as it was told until now. Platforms call an order by its id: what is found by its number under that
    name is another order."""
    found = services.order_records.load(shop.id, order)
    if found is not None and by_id and found.external_id != order:
        found = services.order_records.own(shop.id, order)
    return found or OrderRecord(shop=shop.id, external_id=order)


def _with_statements(services: Services, before: OrderRecord, after: OrderRecord) -> OrderRecord:
    """A sale that is first told with its number has what statements told of that number before."""
    called = after.number
    bare = services.order_records.load(after.shop, called) if called is not None and called != before.number else None
    if bare is None or bare.external_id == after.external_id or not bare.is_of_statements:
        return after
    return replace(after, told=bare.told | after.told)


def values_in_update(
    told: OrderUpdate, customer: str | None, before: OrderRecord | None, at: Instant, heard: Instant
) -> dict[str, Any]:
    """What is told of an order, thing by thing, with the id its buyer has with us. `before` is what was told until now,
    `at` the time this is from, `heard` when it was heard. It was bought before it was heard of, whatever the shop's
    clock says; what is delivered later is not delivered yet (`Order.as_of`)."""
    known = {one.id: one for one in before.reported_refunds} if before else {}
    made = [one.refund() for one in told.refunds]
    made = [replace(one, amount=before.in_its_currency(one.amount)) for one in made] if before else made
    refunds = [_whole(one, known.get(one.id), at, heard) for one in made]
    if isinstance(told, CompleteOrder) and told.all_refunds and before is not None:
        listed = {one.id for one in refunds} | {*told.unread_refunds}
        theirs = {name: one for name, one in known.items() if name not in listed and not one.by_statement}
        gone = [one for name, one in theirs.items() if before.told[f"refund/{name}"].at < at]
        refunds += [replace(one, state="failed") for one in gone]
    order = told.order()
    bought = min(order.purchased_at, heard) if order.purchased_at is not None else None
    news = reported_values(
        replace(order, purchased_at=bought),
        customer,
        _cancelled_at(told, at),
        _parcels(told, heard),
        tuple(refunds),
        tuple(one.dispute() for one in told.disputes),
    )
    return add_platform_values(news, told)


def _parcels(told: OrderUpdate, heard: Instant) -> tuple[Parcel, ...]:
    """Its parcels. A platform tells what carriers did: it was done by then, whatever their clocks say; a shop may tell
    when a parcel will come."""
    parcels = tuple(one.parcel() for one in told.parcels)
    if not isinstance(told, PlatformOrder):
        return parcels
    return tuple(
        replace(one, delivered_at=min(one.delivered_at, heard)) if one.delivered_at else one for one in parcels
    )


def _cancelled_at(told: OrderUpdate, at: Instant) -> Instant | None:
    off = isinstance(told, PlatformOrder) and told.off and told.cancelled_at is None
    return at if off else instant_of(told.cancelled_at)


def _whole(told: Refund, known: Refund | None, at: Instant, heard: Instant) -> Refund:
    """A refund with what was told of it before and is not told again. It was made before it was first heard of: one
    without a time of its own, when the order was first told with it."""
    times = [told.at if told.at is not None else at, heard, *([known.at] if known and known.at is not None else [])]
    made = replace(
        told, at=min(times), heard=known.heard if known else heard, money=told.money or (known.money if known else None)
    )
    if known is None or (known.amount.value, known.amount.currency) != (told.amount.value, told.amount.currency):
        return made
    return replace(made, lines=told.lines or known.lines, shipping=told.shipping or known.shipping)


def record_dispute(
    services: Services, shop: Shop, told: PlatformDispute, now: Instant, sent_at: Instant | None = None
) -> OrderRecord | None:
    """The sale after what a bank wants of its payment, so that it counts; None when its order was not told. A decision
    stands, whatever is told late of the time before it, until the bank takes the payment up again."""
    if told.order is None:
        return None
    word, name = _word(told, now, sent_at), f"dispute/{told.id}"
    news = reported_values(Order(told.order), None, None, (), (), (word,))
    for attempt in range(ATTEMPTS):
        before = record_before(services, shop, told.order, True)
        known = next((one for one in before.disputes if one.id == told.id), None)
        if known is not None and (
            before.told[name].value == news[name] or decision_stands(known, before.told[name], word)
        ):
            return before
        at = word.told_at if word.told_at is not None else now
        after = replace(before, told=before.told | {name: Revision(at, news[name], now)})
        try:
            return services.order_records.save(before, after, shop, frozenset(), services.now())
        except VersionConflict:
            services.pause(attempt)
    raise Busy(f"order {key_of(shop.id, told.order)} was written by others {ATTEMPTS} times in a row")


def _word(told: PlatformDispute, now: Instant, sent_at: Instant | None) -> Dispute:
    kind: DisputeKind = "inquiry" if told.kind == "inquiry" else "chargeback"
    return Dispute(
        id=told.id,
        amount=told.amount.money(),
        kind=kind,
        state=told.state,
        at=told.at if told.at is not None and told.at <= now else None,
        told_at=decided_at(told.state, told.at, sent_at, now),
    )


def _known_by_order(services: Services, shop: Shop, order: str, customer: Customer) -> None:
    """Who was known by nothing but this order, from a case that came before it, is its buyer. Done before the order is
    kept: once it is, nobody would do it again."""
    nobodies = [customer_key(services, shop.id, order_customer_id(source, order)) for source in PLATFORM_NAMES]
    for nobody in services.customers.load(nobodies).values():
        buyer = main_record(services, key_of_id(customer.id))
        gone = buyer is None or buyer.erased_at is not None or nobody.erased_at is not None
        if gone or buyer is None or nobody.root is not None or nobody.id == buyer.id:
            continue
        try:
            merge(services, buyer, nobody, SYSTEM, "the buyer of the order")
        except Conflict as conflict:  # somebody merges one of them at this moment
            raise Busy(str(conflict)) from None


def _changed_days(before: OrderRecord, after: OrderRecord, shop: Shop, now: Instant) -> frozenset[str]:
    """The past days whose deliveries are no longer what was told."""
    told = {day_of(one.delivered_at, shop.time_zone) for one in (before, after) if one.told and one.delivered_at}
    return frozenset(day for day in told if day < day_of(now, shop.time_zone))


def with_order_record(services: Services, shop: str, order: Order | None) -> Order | None:
    """The order of a case with what the shop told of it elsewhere, where the case does not say. An order that was
    called by the number people know has the platform's id then, so that all its cases stand in one list."""
    sale = services.order_records.load(shop, order.external_id) if order is not None else None
    if order is None or sale is None:
        return order
    known = sale.order
    told = {name: getattr(order, name) or getattr(known, name) for name in ORDER_FIELDS}
    return replace(order, external_id=known.external_id, **told)
