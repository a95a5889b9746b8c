"""Shopify's reasons for returns: eleven values until 2025-10, handles of a library of 470 since 2026-01.

Sources: the enum `ReturnReason` and the object `ReturnReasonDefinition` of the Admin API; the library is
`data/return_reasons.yml` of Shopify/product-taxonomy (commit 0cc0148). A handle that describes the item ("odor",
"flavor", "battery-life") has no reason of ours: it becomes `other`, and its name is stored as text.
"""

from chalicelib.domain.kernel.aftersales_enums import Reason

_HANDLES: dict[Reason, str] = {
    "defective": """
        defective damaged-or-defective breaks-easily damaged-after-use damaged-after-washing damaged-after-wear
        dried-out dye-transferred embellishment-fell-off frame-crooked lens-popped-out-of-frame lens-scratched lock
        logo-peeling loose-seams loose-threads poor-stitching prescription-processed-incorrectly print-quality printing
        product-leaks product-overheats quality scratched seams-splitting stained surface-damage tarnished
        inscription pilling doesnt-stay-closed wheels-stick shedding""",
    "not_as_described": "not_as_described item-not-as-described accuracy condition missing-desired-features",
    "wrong_item": "wrong_item received-the-wrong-item",
    "missing_item": "wrong-amount",
    "damaged_in_transit": "damaged-packaging packaging-not-sealed",
    "size_too_small": """
        size_too_small too-small too-tight too-short too-narrow band-too-small band-too-tight bust-too-small
        bust-too-tight chest-too-small collar-too-tight cuff-too-small cups-too-small cups-too-tight footbed-too-narrow
        footbed-too-shallow frame-too-small inseam-too-short legs-too-tight sleeves-too-short sleeves-too-tight
        straps-too-short tight-around-ankles tight-around-thighs waist-too-small waist-too-tight""",
    "size_too_large": """
        size_too_large too-big too-loose too-long too-wide band-too-big band-too-loose bust-too-big bust-too-loose
        chest-too-big collar-too-loose cuff-too-big cups-too-big cups-too-loose cups-gaping footbed-too-deep
        footbed-too-wide inseam-too-long legs-too-loose loose-around-ankle loose-around-thighs sleeves-too-long
        sleeves-too-loose straps-too-long waist-too-big waist-too-loose too-bulky""",
    "unwanted": """
        unwanted style color changed-my-mind color-too-bright color-too-muted comfort uncomfortable pattern shade theme
        ordered-multiple ordered-wrong-format ordered-wrong-item duplicate-order trial-period-ending frame-color
        lens-color fabric material texture finish budget""",
    "late": "arrived-late delivery-issue",
}
REASONS: dict[str, Reason] = {handle: reason for reason, handles in _HANDLES.items() for handle in handles.split()}


def reason_of(name: str | None) -> Reason:
    """Our reason for Shopify's, by its old name in any case or by its handle; `other` if we have none."""
    lower = (name or "").lower()
    return REASONS.get(lower) or REASONS.get(lower.replace("_", "-")) or "other"


def reason_in_words(handle: str | None, label: str | None) -> str:
    """The name of a reason for which we only have `other`; empty if there is nothing to add."""
    if handle is None or handle in ("other", "other-reason", "unknown") or reason_of(handle) != "other":
        return ""
    return (label or handle or "").strip()
