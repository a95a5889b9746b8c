"""The fields of Shopify's `returns/*` and `reverse_deliveries/attach_deliverable` that are read."""

from msgspec import Struct, field


class ObjectRef(Struct):
    """The id of another object."""

    id: int | None = None


class FulfilledLineRef(Struct):
    """The order line of a fulfilled item."""

    line_item: ObjectRef | None = None


class ReasonDefinition(Struct):
    """A reason for a return, as Shopify names it since 2026-01."""

    handle: str | None = None
    name: str | None = None


class ReturnedLine(Struct):
    """A line of a return. `return_reason` has the reason's name until 2025-10."""

    id: int | None = None
    fulfillment_line_item: FulfilledLineRef | None = None
    quantity: int = 1
    return_reason: str | None = None
    return_reason_definition: ReasonDefinition | None = None
    return_reason_note: str | None = None
    customer_note: str | None = None


class Decline(Struct):
    """Why the shop declined a return."""

    reason: str | None = None
    note: str | None = None


class Return(Struct):
    """A return."""

    id: int | None = None
    admin_graphql_api_id: str | None = None
    order: ObjectRef | None = None
    order_id: int | None = None
    status: str | None = None
    name: str | None = None
    total_return_line_items: int | None = None
    return_line_items: list[ReturnedLine] = []
    exchange_line_items: list[ObjectRef] = []
    total_exchange_line_items: int = 0
    decline: Decline | None = None


class ReturnRef(Struct):
    """The return that something is about. `returns/update` has the removed items, by ids we do not store, and nothing
    about the remaining ones."""

    id: int | None = None
    admin_graphql_api_id: str | None = None


class Tracking(Struct):
    """The carrier and tracking number of a parcel."""

    carrier_name: str | None = None
    tracking_number: str | None = None


class Deliverable(Struct):
    """The label and tracking of a parcel."""

    tracking: Tracking | None = None


class ReverseDelivery(Struct):
    """The parcel of a return."""

    id: int
    returned: ReturnRef | None = field(default=None, name="return")
    shipping_deliverable: Deliverable | None = None
