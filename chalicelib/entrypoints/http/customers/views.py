"""Customers, their orders and summaries of their cases, as the API shows them."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import asdict

from chalicelib.domain.customers.identity import source_of
from chalicelib.domain.customers.segments import Segments
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.aftersales.views import dispute_view, money_view, refund_view
from chalicelib.entrypoints.http.fields import actor_view, time_view

if TYPE_CHECKING:
    from chalicelib.domain.customers.customer import Access, Customer, CustomerEvent
    from chalicelib.domain.orders.order import Parcel
    from chalicelib.domain.orders.order_record import OrderRecord
    from chalicelib.usecases.customers.read_customer import Profile
    from chalicelib.usecases.ports.cases import StoredCase


def record_view(customer: "Customer") -> dict[str, Any]:
    """One record of a customer."""
    return {
        "id": customer.id,
        "shop": customer.shop,
        "source": source_of(customer.external_id),
        "external_id": customer.external_id or None,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "language": customer.language,
        "marketplace_ids": customer.marketplace_ids,
        "undeliverable": customer.undeliverable,
        "erased_at": time_view(customer.erased_at),
        "care": list(customer.care),
        "segments": segments_view(customer.segments),
    }


def segments_view(segments: Segments | None) -> dict[str, Any]:
    """A customer's segments; nulls when they have none."""
    return asdict(segments or Segments())


def profile_view(profile: "Profile") -> dict[str, Any]:
    """A customer's profile; the route adds their cases."""
    customer = profile.customer
    return record_view(customer) | {
        "merged_into": customer.id if profile.requested.id != customer.id else None,
        "records": [record_view(record) for record in profile.records],
        "suggestions": [{"customer": record_view(record), "shares": shares} for record, shares in profile.suggested],
        "consents": consents_view(customer),
        "surveyed_at": time_view(customer.surveyed_at),
        "orders": [order_view(order_record) for order_record in profile.orders.items],
        "totals": msgspec.to_builtins(profile.totals),
    }


def consents_view(customer: "Customer") -> dict[str, Any]:
    """The latest consent for each purpose."""
    return {
        purpose: {
            "state": consent.state,
            "at": format_instant(consent.at),
            "source": consent.source,
            "text_version": consent.text_version,
        }
        for purpose, consent in customer.consents.items()
    }


def order_view(order_record: "OrderRecord") -> dict[str, Any]:
    """An order as the shop reported it."""
    order = order_record.order
    return {
        "external_id": order.external_id,
        "number": order.number,
        "items": [msgspec.to_builtins(msgspec.structs.asdict(item)) for item in order.items],
        "total": msgspec.to_builtins(order.total),
        "purchased_at": format_instant(order_record.purchased_at),
        "delivered_at": time_view(order_record.delivered_at),
        "cancelled_at": time_view(order_record.cancelled_at),
        "parcels": [_parcel_view(parcel) for parcel in order_record.parcels],
        "shipping": msgspec.to_builtins(order.shipping),
        "presented": msgspec.to_builtins(order.presented),
        "refunds": [msgspec.to_builtins(refund_view(refund)) for refund in order_record.reported_refunds],
        "disputes": [msgspec.to_builtins(dispute_view(dispute)) for dispute in order_record.disputes],
    }


def _parcel_view(parcel: "Parcel") -> dict[str, Any]:
    return {
        "id": parcel.id,
        "carrier": parcel.carrier,
        "tracking": parcel.tracking,
        "tracking_numbers": [*(parcel.tracking_numbers or ([parcel.tracking] if parcel.tracking else []))],
        "shipped_at": time_view(parcel.shipped_at),
        "delivered_at": time_view(parcel.delivered_at),
    }


def case_summary(stored: "StoredCase") -> dict[str, Any]:
    """A summary of a case."""
    case = stored.case
    assert case is not None
    last = case.satisfaction.answers[-1] if case.satisfaction.answers else None
    return {
        "id": case.id,
        "number": case.number,
        "type": case.type,
        "channel": case.channel,
        "status": case.status,
        "opened_at": format_instant(case.opened_at),
        "resolved_at": time_view(case.resolved_at),
        "promises": [{"name": clock.name, "state": clock.state} for clock in case.clocks],
        "surveys": [
            {"round": survey.round, "sent_at": time_view(survey.sent_at)} for survey in case.satisfaction.surveys
        ],
        "satisfaction": {"csat": last.csat, "nps": last.nps, "ces": last.ces} if last else None,
        "money": [money_view(given) for given in case.money],
    }


def customer_event_view(event: "CustomerEvent") -> dict[str, Any]:
    """What happened to a customer's record."""
    return {
        "id": event.id,
        "type": event.type,
        "at": format_instant(event.at),
        "by": actor_view(event.by),
        "data": event.data | ({"reason": event.reason} if event.reason else {}),
    }


def access_view(access: "Access") -> dict[str, Any]:
    """That a member of staff read a customer's data."""
    return {"by": access.by, "what": access.what, "hour": format_instant(access.hour)}
