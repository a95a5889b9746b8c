"""People, their orders and their cases in short, as the API shows them."""

from typing import Any

import msgspec
from msgspec.structs import asdict

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import source_of
from chalicelib.domain.customers.segments import Segments
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.entrypoints.http.aftersales.views import dispute_view, money_view, refund_view
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.usecases.customers.read_customer import Profile
from chalicelib.usecases.ports import StoredCase


def record_view(customer: Customer) -> dict[str, Any]:
    """One record of a person."""
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
    """What kind of customer somebody is; nulls of whom nothing is known."""
    return asdict(segments or Segments())


def profile_view(profile: Profile) -> dict[str, Any]:
    """A person; their cases are added by the route."""
    top = profile.customer
    return record_view(top) | {
        "merged_into": top.id if profile.asked.id != top.id else None,
        "records": [record_view(one) for one in profile.records],
        "suggestions": [{"customer": record_view(one), "shares": shares} for one, shares in profile.suggested],
        "consents": consents_view(top),
        "surveyed_at": time_view(top.surveyed_at),
        "orders": [sale_view(sale) for sale in profile.orders.items],
        "totals": msgspec.to_builtins(profile.totals),
    }


def consents_view(customer: Customer) -> dict[str, Any]:
    """The last word on each purpose."""
    return {
        purpose: {
            "state": one.state,
            "at": format_instant(one.at),
            "source": one.source,
            "text_version": one.text_version,
        }
        for purpose, one in customer.consents.items()
    }


def sale_view(sale: OrderRecord) -> dict[str, Any]:
    """An order as the shop told of it."""
    order = sale.order
    return {
        "external_id": order.external_id,
        "number": order.number,
        "items": [msgspec.to_builtins(msgspec.structs.asdict(item)) for item in order.items],
        "total": msgspec.to_builtins(order.total),
        "purchased_at": format_instant(sale.purchased_at),
        "delivered_at": time_view(sale.delivered_at),
        "cancelled_at": time_view(sale.cancelled_at),
        "parcels": [
            {
                "id": one.id,
                "carrier": one.carrier,
                "tracking": one.tracking,
                "tracking_numbers": [*(one.tracking_numbers or ([one.tracking] if one.tracking else []))],
                "shipped_at": time_view(one.shipped_at),
                "delivered_at": time_view(one.delivered_at),
            }
            for one in sale.parcels
        ],
        "shipping": msgspec.to_builtins(order.shipping),
        "presented": msgspec.to_builtins(order.presented),
        "refunds": [msgspec.to_builtins(refund_view(one)) for one in sale.reported_refunds],
        "disputes": [msgspec.to_builtins(dispute_view(one)) for one in sale.disputes],
    }


def case_line(stored: StoredCase) -> dict[str, Any]:
    """A case in short."""
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
        "surveys": [{"round": one.round, "sent_at": time_view(one.sent_at)} for one in case.satisfaction.surveys],
        "satisfaction": {"csat": last.csat, "nps": last.nps, "ces": last.ces} if last else None,
        "money": [money_view(one) for one in case.money],
    }
