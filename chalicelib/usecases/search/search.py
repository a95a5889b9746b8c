"""Search a shop's cases by whatever somebody types: a number, an order, a person, a parcel, or words.

What the text may mean is looked for in this order, and each case is shown once, under the first that it was found by.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from chalicelib.domain.customers.identity import Identifier, region_of
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.search.question import Hint, Question, read_question
from chalicelib.domain.search.terms import Term
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.search import key_in
from chalicelib.usecases.search.exact import Exact, exact_matches
from chalicelib.usecases.search.matching import Accepts, Alternatives, Matches, matching
from chalicelib.usecases.search.people import cases_of, records_with

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasWords,
    )

    class SearchServices(HasCases, HasCustomers, HasIdentities, HasOrderRecords, HasWords, Protocol):
        """The services that `search` uses."""


FoundBy = Literal["number", "order", "tracking", "mail", "phone", "name", "words"]
FOUND_BY: tuple[FoundBy, ...] = get_args(FoundBy)
Step = Literal["exact", "mail", "phone", "name", "words"]
STEPS: tuple[Step, ...] = get_args(Step)
PEOPLE = ("mail", "phone")
CURSOR = f"({'|'.join(STEPS)})!([0-9]{{1,13}}(#[0-9A-Z]{{16}})?)?"
"""The pattern of cursors: a step, and the place in it where the page before ended."""


class Hit(Struct, frozen=True):
    """A case that was found, by its key: what it was found by, and the order of the event with the words."""

    key: str
    by: FoundBy
    event: str | None = None


class SearchPage(Struct, frozen=True, kw_only=True):
    """A page of results. `words`: those that were looked for; `next`: the cursor of the next page, None on the last
    one; `hint`: why nothing can be found."""

    hits: list[Hit]
    words: tuple[str, ...] = ()
    next: str | None = None
    hint: Hint | None = None


def search(services: "SearchServices", shop: Shop, text: str, limit: int, after: str | None = None) -> SearchPage:
    """A page of up to `limit` results, after the cursor of the page before. A page may have few results and a cursor,
    where many cases had to be checked for them. Invalid if the text is blank."""
    if not text.strip():
        raise invalid("q", "is needed: what to search for")
    plan = _plan(services, shop, read_question(text, region_of(shop)))
    first, _, place = (after or f"{STEPS[0]}!").partition("!")
    hits: list[Hit] = []
    for step in STEPS[STEPS.index(first) :]:
        if not plan.has(step):
            continue
        if len(hits) >= limit:
            return plan.page(hits, f"{step}!")
        items, position = _run(services, plan, step, limit - len(hits), place if step == first else "")
        hits += items
        if position is not None:
            return plan.page(hits, f"{step}!{position}")
    return plan.page(hits, None)


class _Plan(Struct, frozen=True):
    """One search: what the text may mean, and what was found exactly, which later steps leave out. `records`: the keys
    of the people's records; `pairs`: the digests of each word, as a name and as a word of the conversation."""

    shop: Shop
    question: Question
    exact: Mapping[str, Exact]
    records: Mapping[str, list[str]]
    pairs: list[Alternatives]

    @property
    def names(self) -> list[Alternatives]:
        """The digests of each word as a name."""
        return [pair[:1] for pair in self.pairs]

    def has(self, step: Step) -> bool:
        """Whether the text may mean this."""
        if step == "exact":
            return bool(self.exact)
        return bool(self.records.get(step) if step in PEOPLE else self.pairs)

    def page(self, hits: list[Hit], cursor: str | None) -> SearchPage:
        """A page of this search."""
        return SearchPage(hits=hits, words=self.question.words, next=cursor, hint=self.question.hint)


def _plan(services: "SearchServices", shop: Shop, question: Question) -> _Plan:
    identifiers = [
        Identifier(kind, value) for kind, value in (("mail", question.mail), ("phone", question.phone)) if value
    ]
    terms = [(Term("name", word), Term("word", word)) for word in question.words]
    digests = services.words.digests(shop.id, [term for pair in terms for term in pair])
    return _Plan(
        shop=shop,
        question=question,
        exact=exact_matches(services, shop, question),
        records={by.kind: records_with(services, shop, by) for by in identifiers},
        pairs=[tuple(digests[term] for term in pair) for pair in terms],
    )


StepResult = tuple[list[Hit], str | None]
"""The results of a step, and the place after which it has more."""


def _run(services: "SearchServices", plan: _Plan, step: Step, limit: int, place: str) -> StepResult:
    if step == "exact":
        return _exact(plan, limit, int(place or 0))
    if step == "mail" or step == "phone":
        return _of_people(services, plan, step, limit, place or None)
    if step == "name":
        matches = matching(services, plan.shop.id, plan.names, limit, place or None)
        return _hits(services, plan, step, matches), matches.next
    is_no_name: Accepts = lambda words: not words.has_all(plan.names)  # noqa: E731 - it is one expression
    matches = matching(services, plan.shop.id, plan.pairs, limit, place or None, is_no_name)
    return _hits(services, plan, "words", matches), matches.next


def _exact(plan: _Plan, limit: int, start: int) -> StepResult:
    entries, end = list(plan.exact.items()), start + limit
    hits = [Hit(key, by) for key, by in entries[start:end]]
    return hits, str(end) if len(entries) > end else None


def _of_people(
    services: "SearchServices", plan: _Plan, kind: Literal["mail", "phone"], limit: int, after: str | None
) -> StepResult:
    page = cases_of(services, plan.shop, plan.records[kind], limit, after)
    return [Hit(stored.key, kind) for stored in page.items if stored.key not in plan.exact], page.next


def _hits(services: "SearchServices", plan: _Plan, by: Literal["name", "words"], matches: Matches) -> list[Hit]:
    """The matches that no earlier step has shown. Of those that were found by words, the event with the words is shown,
    and not the one that brought the customer's name."""
    shown = plan.names if by == "name" else [pair[1:] for pair in plan.pairs]
    hits = [Hit(key_in(match.place), by, match.words.source_of(shown)) for match in matches.items]
    earlier = {*plan.exact, *_of_these_people(services, plan, hits)}
    return [hit for hit in hits if hit.key not in earlier]


def _of_these_people(services: "SearchServices", plan: _Plan, hits: list[Hit]) -> set[str]:
    """Which of these cases belong to the people who have the address or the number."""
    records = {key for keys in plan.records.values() for key in keys}
    if not records or not hits:
        return set()
    stored_cases = services.cases.load_many([hit.key for hit in hits])
    return {key for key, stored in stored_cases.items() if stored.case and key_of_id(stored.case.customer) in records}
