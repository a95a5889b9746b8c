"""The queries for Shopify's Admin API (GraphQL), and how many objects they request at once.

A query may cost 1,000 points (shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits): an object costs 1, a scalar
nothing, and a connection 2 plus the cost of its nodes, times a factor that grows with `first`. Shopify's staff gives
the factor as floor(2 ln first). The sizes below keep each query under the limit even if the factor were `first` itself,
as the documentation can be read. What does not fit is requested in further pages, or order by order.

Version 2026-10. Changes since 2025-04 to the fields used here: `ReturnLineItem.returnReason` is deprecated for
`returnReasonDefinition` (2026-01), and `displayFulfillmentStatus` may be FULFILLMENT_NOT_REQUIRED (2026-10).
"""

VERSION = "2026-10"
MAX_POINTS = 1_000
ORDERS_A_PAGE = 6
FULFILLMENTS = {"some": 5, "all": 50}
"""For an order in a page of orders, and for a single order. Fulfillments and refunds are lists without pages."""
REFUNDS = {"some": 5, "all": 50}

_SHOP = "{ shopMoney { amount currencyCode } }"
_LINE = f"""id sku title quantity currentQuantity requiresShipping isGiftCard variant {{ id }}
    originalUnitPriceSet {_SHOP} discountAllocations {{ allocatedAmountSet {_SHOP} }} taxLines {{ priceSet {_SHOP} }}"""
_NEXT = "pageInfo { hasNextPage endCursor }"


def _lines(first: int, after: str = "") -> str:
    return f"lineItems(first: {first}{after}) {{ nodes {{ {_LINE} }} {_NEXT} }}"


def _order(size: str, lines: int, shipping: int, numbers: int) -> str:
    return f"""
  id name email phone currencyCode customerLocale createdAt updatedAt cancelledAt test displayFulfillmentStatus
  displayFinancialStatus totalOutstandingSet {_SHOP}
  taxesIncluded currentTotalPriceSet {_SHOP}
  totalPriceSet {{ shopMoney {{ amount currencyCode }} presentmentMoney {{ amount currencyCode }} }}
  customer {{ id firstName lastName defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }} }}
  shippingLines(first: {shipping}) {{ nodes {{ isRemoved discountedPriceSet {_SHOP}
    taxLines {{ priceSet {_SHOP} }} }} {_NEXT} }}
  {_lines(lines)}
  fulfillments(first: {FULFILLMENTS[size]}) {{ id createdAt deliveredAt status
    trackingInfo(first: {numbers}) {{ company number }} }}
  refunds(first: {REFUNDS[size]}) {{ id createdAt totalRefundedSet {_SHOP} }}
"""


ORDER = f"query($id: ID!) {{ order(id: $id) {{ {_order('all', lines=40, shipping=10, numbers=3)} }} }}"
LINES = f"query($id: ID!, $after: String) {{ order(id: $id) {{ {_lines(90, ', after: $after')} }} }}"
"""Further lines of an order."""
ORDERS = f"""query($changed: String!, $after: String) {{
  orders(first: {ORDERS_A_PAGE}, after: $after, query: $changed, sortKey: UPDATED_AT) {{
    nodes {{ {_order("some", lines=7, shipping=3, numbers=1)} }} {_NEXT} }} }}"""
RETURN = f"""query($id: ID!, $after: String) {{ return(id: $id) {{ id name status order {{ id }}
  exchangeLineItems(first: 1) {{ nodes {{ id }} }}
  returnLineItems(first: 100, after: $after) {{ nodes {{ id quantity returnReasonNote customerNote
    returnReasonDefinition {{ handle name }} ... on ReturnLineItem {{ fulfillmentLineItem {{ lineItem {{ id }} }} }} }}
    {_NEXT} }} }} }}"""
