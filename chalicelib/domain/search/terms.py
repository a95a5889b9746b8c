"""What an event adds to the words by which its case is found."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.search.parcel_numbers import plain_tracking
from chalicelib.domain.search.words import name_words, words_of

MAX_NAME_WORDS, MAX_SKUS = 8, 8
TermKind = Literal["name", "order", "tracking", "word"]


class Term(Struct, frozen=True):
    """A word of a text, a word of the customer's name, a tracking number or an order number. Terms of two kinds with
    the same text are two terms."""

    kind: TermKind
    text: str


def is_searched(event: Event, with_words: bool) -> bool:
    """Whether a case may be found by what this event says. `with_words`: whether the shop searches words."""
    fact = event.fact
    if isinstance(fact, CaseOpened) or bool(_tracking_of(fact)):
        return True
    return with_words and any(getattr(fact, field) for field in fact.searched)


def brings_name(event: Event) -> bool:
    """Whether the customer may have a new name with this event."""
    return isinstance(event.fact, CaseOpened | MessageReceived)


def terms_of(event: Event, name: str | None, with_words: bool) -> list[Term]:
    """The terms of an event, those that matter most first. `name`: that of the customer, if the event may bring it."""
    fact = event.fact
    terms = [Term("name", word) for word in name_words(name or "")[:MAX_NAME_WORDS]]
    if isinstance(fact, CaseOpened) and fact.historical and fact.order is not None:
        terms.append(Term("order", plain_name(fact.order.external_id)))
    terms += [Term("tracking", number) for number in _tracking_of(fact)]
    if with_words:
        terms += [Term("word", word) for text in _texts(fact) for word in words_of(text)]
    return list(dict.fromkeys(terms))


def texts_of(event: Event) -> list[str]:
    """The texts of an event that are searched, as people wrote them."""
    return [text for field in event.fact.searched if (text := getattr(event.fact, field))]


def _texts(fact: Fact) -> Iterator[str]:
    yield from (getattr(fact, field) or "" for field in fact.searched)
    if isinstance(fact, CaseOpened) and fact.order is not None:
        yield from (item.sku for item in fact.order.items[:MAX_SKUS])


def _tracking_of(fact: Fact) -> list[str]:
    """The tracking number of a parcel that a move of the flow names. Those of an order's parcels are found by it."""
    if not isinstance(fact, FlowMoved) or fact.shipment is None:
        return []
    number = plain_tracking(fact.shipment.tracking or "")
    return [number] if number is not None else []
