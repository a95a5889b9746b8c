"""Which texts ask something, and what would keep others from asking it."""

import re
from typing import Literal

from chalicelib.domain.insights.said_reasons import aspects_of, reason_of

ASKS = re.compile(
    r"[?？]|吗[。！!]?$|请问|怎么|多少|多久|能不能|可不可以|有没有|是不是|哪里|什么时候|"
    r"^(how|what|where|when|which|who|is|are|do|does|can|could|will|would)\b|\bany idea\b|\bwondering\b",
    re.IGNORECASE | re.MULTILINE,
)
READ = 500
Proposal = Literal["article", "page_text", "product", "packaging"]


def asks(text: str) -> bool:
    """Whether a text asks something."""
    return ASKS.search(text[:READ]) is not None


def proposal_of(text: str) -> Proposal:
    """What would help against a question: its packaging, the product, the text of its page, or else an article."""
    reason = reason_of(text)
    if reason == "damaged_in_transit":
        return "packaging"
    if reason in ("defective", "not_as_described"):
        return "product"
    return "page_text" if {"size", "looks", "function"} & set(aspects_of(text)) else "article"
