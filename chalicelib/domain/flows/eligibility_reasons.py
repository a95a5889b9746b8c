"""The reasons for and against a claim, as data: a name, its weight, and what it is about."""

from typing import Literal

from msgspec import Struct

RulingName = Literal[
    "no_reason_window",
    "shop_window",
    "windows_over",
    "excluded_category",
    "fault",
    "under_warranty",
    "warranty_over",
    "not_delivered",
    "not_ordered",
    "more_than_ordered",
    "order_unknown",
    "already_claimed",
    "already_refunded",
    "repair_warranty",
    "many_returns",
    "high_return_rate",
    "high_value",
    "wrong_items_in_a_row",
    "order_cancelled",
    "payment_disputed",
    "no_goods",
    "not_paid",
]
Weight = Literal["for", "against", "unknown", "review"]
"""`review` means that a person should check the claim; it does not speak against it."""
WEIGHTS: dict[RulingName, Weight] = {
    "no_reason_window": "for",
    "shop_window": "for",
    "windows_over": "against",
    "excluded_category": "against",
    "fault": "for",
    "under_warranty": "for",
    "warranty_over": "against",
    "not_delivered": "unknown",
    "not_ordered": "against",
    "more_than_ordered": "against",
    "order_unknown": "unknown",
    "already_claimed": "against",
    "already_refunded": "review",
    "repair_warranty": "for",
    "many_returns": "review",
    "high_return_rate": "review",
    "high_value": "review",
    "wrong_items_in_a_row": "review",
    "order_cancelled": "review",
    "payment_disputed": "review",
    "no_goods": "against",
    "not_paid": "review",
}


class Ruling(Struct, frozen=True, array_like=True):
    """One reason: its name, and what it is about (the last day of a period, a category, an item)."""

    name: RulingName
    about: str = ""

    @property
    def weight(self) -> Weight:
        """Whether it speaks for or against the claim."""
        return WEIGHTS[self.name]


def eligible(rulings: tuple[Ruling, ...]) -> bool | None:
    """True if something speaks for the claim and nothing against it; None if too little is known."""
    weights = {ruling.weight for ruling in rulings}
    if "against" in weights:
        return False
    return None if "unknown" in weights else "for" in weights
