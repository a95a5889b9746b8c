"""The cases that a text names exactly: by their number, by an order, by a parcel."""

from typing import TYPE_CHECKING, Literal

from chalicelib.domain.search.question import Question
from chalicelib.domain.search.terms import Term
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.search import key_in

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasOrderRecords, HasWords

    class ExactServices(HasCases, HasOrderRecords, HasWords, Protocol):
        """The services that finding exact matches uses."""


Exact = Literal["number", "order", "tracking"]
MAX_EXACT = 50
"""So many cases of an order or a parcel are shown at most."""


def exact_matches(services: "ExactServices", shop: Shop, question: Question) -> dict[str, Exact]:
    """The keys of the cases that the text names exactly, each with what it was found by; those with the number first,
    then those of the order, then those of the parcel."""
    matches: dict[str, Exact] = {}
    if question.number is not None and (key := services.cases.numbered(shop.id, question.number)):
        matches[key] = "number"
    if question.order is not None:
        for key in _of_order(services, shop, question.order):
            matches.setdefault(key, "order")
    if question.tracking is not None:
        for key in _of_parcel(services, shop, question.tracking):
            matches.setdefault(key, "tracking")
    return dict(list(matches.items())[:MAX_EXACT])


def _of_order(services: "ExactServices", shop: Shop, order: str) -> list[str]:
    """The cases about the order with this id or number. Historical cases are not on the lists of orders, but are found
    by the order they name."""
    names = dict.fromkeys((order, order.upper()))
    records = (services.order_records.load(shop.id, name) for name in list(names))
    names |= dict.fromkeys(record.external_id for record in records if record is not None)
    live = [key for name in names for key in services.cases.of_order(shop.id, name)]
    return [*live, *_posted(services, shop, [Term("order", name) for name in names])]


def _of_parcel(services: "ExactServices", shop: Shop, number: str) -> list[str]:
    """The cases to which the parcel belongs, and those about its order."""
    orders = services.words.orders_tracked(shop.id, number)
    of_orders = [key for order in orders for key in _of_order(services, shop, order)]
    return [*_posted(services, shop, [Term("tracking", number)]), *of_orders]


def _posted(services: "ExactServices", shop: Shop, terms: list[Term]) -> list[str]:
    """The cases that are found by one of these terms."""
    digests = list(services.words.digests(shop.id, terms).values())
    lists = services.words.places(shop.id, digests, MAX_EXACT, None)
    keys = dict.fromkeys(key_in(place) for places in lists for place in places)
    stored = services.words.load_many(list(keys)[:MAX_EXACT]) if keys else {}
    return [key for key in keys if key in stored and stored[key].has_all([tuple(digests)])]
