"""A case that comes without a type is typed by its first words as it is opened."""

import re

from msgspec.structs import replace

from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.triage.shop_model import read_model
from chalicelib.domain.triage.typing import type_text
from chalicelib.domain.triage.urgency import raised_priority

READ = 2000
"""Characters of a text that are read."""
TITLE_PART = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z][A-Za-z0-9' -]{3,}[A-Za-z0-9]")
"""The Chinese and the English part of a title that has both."""


def typed_by_words(request: CaseRequest, model: bytes | None) -> CaseRequest:
    """The request with the type that its subject and message speak for, by the shop's model and the rules, and with the
    priority of its urgency."""
    text = f"{request.subject}\n{request.message}"
    typing = replace(type_text(text, read_model(model) if model else None), product=_product(text, request.order))
    priority = raised_priority(request.priority, typing.urgent)
    return replace(request, kind=typing.type, priority=priority, typed=typing.fact())


def _product(text: str, order: Order | None) -> str | None:
    """The SKU that a text is about: the only one of its order, or the only one whose SKU or title it names."""
    items = {item.sku: item for item in order.items} if order is not None else {}
    if len(items) == 1:
        return next(iter(items))
    read = text[:READ].casefold()
    named = [item.sku for item in items.values() if any(name.casefold() in read for name in _names(item))]
    return named[0] if len(named) == 1 else None


def _names(item: OrderItem) -> list[str]:
    """The SKU and the parts of the title in one language each."""
    return [item.sku, *TITLE_PART.findall(item.title or "")]
