"""The placeholders of macros, such as `{{ customer.name }}`, and those that are left in a text.

A value that is not known is shown as a gap, `⟦…⟧`, so that an agent sees it. A reply with a gap is not sent.
"""

import re

PLACEHOLDERS = (
    "customer.name",
    "case.number",
    "case.subject",
    "case.link",
    "order.number",
    "order.total",
    "order.promised_on",
    "order.delivered_on",
    "parcel.carrier",
    "parcel.tracking",
    "agent.name",
    "shop.name",
)
"""The names that a macro may use."""
GAP = re.compile(r"⟦[^⟦⟧\n]{0,100}⟧")
_LEFT = re.compile(r"\{\{[^{}\n]{0,100}\}\}")
_NAMED = re.compile("|".join(re.escape(name) for name in PLACEHOLDERS))


def gap(label: str) -> str:
    """What stands in a text in the place of a value that is not known."""
    return f"⟦{label}⟧"


def unfilled(text: str) -> list[str]:
    """The gaps of a text, and the placeholders that nobody filled in, each once; customers must not get them."""
    left = [written for written in _LEFT.findall(text) if _NAMED.search(written)]
    return list(dict.fromkeys([*GAP.findall(text), *left]))
