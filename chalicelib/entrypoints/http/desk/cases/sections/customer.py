"""The customer beside the case: who they are, their orders with parcels, promises, money, and other cases."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.domain.customers.customer import Customer
    from chalicelib.domain.orders.order import Order, Parcel
    from chalicelib.domain.orders.order_record import OrderRecord
    from chalicelib.entrypoints.http.desk.words import Words
    from chalicelib.usecases.customers.read_customer import Profile

SHOWN = 10
"""How many orders and other cases are shown."""


class ParcelLine(Struct, frozen=True, kw_only=True):
    """A parcel that left for the customer."""

    carrier: str
    tracking: str
    shipped_at: Instant | None
    delivered_at: Instant | None


class OrderLine(Struct, frozen=True, kw_only=True):
    """An order with its parcels."""

    number: str
    total: str
    items: list[str]
    purchased_at: Instant | None
    delivered_at: Instant | None
    promised_at: Instant | None
    cancelled_at: Instant | None
    is_of_case: bool
    parcels: list[ParcelLine]


class OtherCase(Struct, frozen=True, kw_only=True):
    """Another case of the customer."""

    id: str
    number: str
    type: str
    status: str
    is_open: bool
    opened_at: Instant
    scores: str


class CustomerSection(Struct, frozen=True, kw_only=True):
    """The customer as the page shows them. Empty texts and lists are not shown."""

    name: str
    emails: list[str]
    undeliverable: str
    phones: list[str]
    language: str
    segments: str
    care: str
    consents: list[str]
    is_held: bool
    kept: int
    broken: int
    given: list[str]
    orders: list[OrderLine]
    cases: list[OtherCase]


def customer_section(
    words: "Words", case: Case, customer: "Customer", order: "Order | None"
) -> tuple[CustomerSection, list[str]]:
    """The customer of a case; and the ids of all their records, whose reading is to be recorded."""
    from chalicelib.usecases.customers.read_customer import read_profile

    profile = read_profile(services(), customer, SHOWN, None)
    return _section(words, case, profile, order), [record.id for record in profile.records]


def _section(words: "Words", case: Case, profile: "Profile", order: "Order | None") -> CustomerSection:
    person, totals = profile.customer, profile.totals
    cases = [stored.case for stored in profile.cases.items if stored.case is not None]
    return CustomerSection(
        name=person.name or "",
        emails=_distinct(record.email for record in profile.records),
        undeliverable=person.undeliverable or "",
        phones=_distinct(record.phone for record in profile.records),
        language=person.language or "",
        segments=_segments(words, person),
        care=words.listed(words.named("customer.care", need) for need in person.care),
        consents=_consents(words, person),
        is_held=person.held is not None,
        kept=totals.kept,
        broken=totals.broken,
        given=[words.money(Money(str(amount), currency)) for currency, amount in totals.given.items()],
        orders=_orders(words, profile.orders.items, order),
        cases=[_other_case(words, other) for other in cases if other.id != case.id],
    )


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _segments(words: "Words", customer: "Customer") -> str:
    segments = customer.segments
    if segments is None:
        return ""
    names = ("rfm", "lifecycle", "satisfaction", "loyalty")
    return words.listed(words.named(name, value) for name in names if (value := getattr(segments, name)))


def _consents(words: "Words", customer: "Customer") -> list[str]:
    return [
        words.labelled(words.named("customer.consent", purpose), words.named("customer.consent", consent.state))
        for purpose, consent in customer.consents.items()
    ]


def _orders(words: "Words", records: "list[OrderRecord]", of_case: "Order | None") -> list[OrderLine]:
    """The customer's orders; first the case's own, if their shop did not report it otherwise."""
    name = of_case.external_id if of_case else None
    lines = [_order(words, record, name) for record in records]
    if of_case is None or any(line.is_of_case for line in lines):
        return lines
    own = OrderLine(
        number=of_case.spoken,
        total=words.money(of_case.total) if of_case.total else "",
        items=[f"{item.quantity} × {item.title or item.sku}" for item in of_case.items],
        purchased_at=of_case.purchased_at,
        delivered_at=of_case.delivered_at,
        promised_at=of_case.estimated_delivery_at,
        cancelled_at=None,
        is_of_case=True,
        parcels=[],
    )
    return [own, *lines]


def _order(words: "Words", record: "OrderRecord", of_case: str | None) -> OrderLine:
    order = record.order
    return OrderLine(
        number=order.spoken,
        total=words.money(order.total) if order.total else "",
        items=[f"{item.quantity} × {item.title or item.sku}" for item in order.items],
        purchased_at=record.purchased_at,
        delivered_at=record.delivered_at,
        promised_at=order.estimated_delivery_at,
        cancelled_at=record.cancelled_at,
        is_of_case=of_case in (order.external_id, order.number),
        parcels=[_parcel(parcel) for parcel in record.parcels],
    )


def _parcel(parcel: "Parcel") -> ParcelLine:
    numbers = parcel.tracking_numbers or ((parcel.tracking,) if parcel.tracking else ())
    return ParcelLine(
        carrier=parcel.carrier or "",
        tracking=" ".join(numbers),
        shipped_at=parcel.shipped_at,
        delivered_at=parcel.delivered_at,
    )


def _other_case(words: "Words", case: Case) -> OtherCase:
    last = case.satisfaction.answers[-1] if case.satisfaction.answers else None
    scores = {name: getattr(last, name) for name in ("csat", "nps", "ces")} if last else {}
    shown = {name: "–" if score is None else score for name, score in scores.items()}
    return OtherCase(
        id=case.id,
        number=case.number,
        type=words.named("type", case.type),
        status=words.named("status", case.status),
        is_open=not case.done,
        opened_at=case.opened_at,
        scores=words.say("customer.scores", **shown) if shown else "",
    )
