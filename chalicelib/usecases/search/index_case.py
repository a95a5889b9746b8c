"""Index a case: let it be found by the words of its events.

The words are posted first, and the words of the case are saved after that, on the condition that nobody has changed
them. So a message that is delivered again finishes what was interrupted, and whoever erases the customer meanwhile
wins: the words that were posted are removed again.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.search.case_words import CaseWords, Digest
from chalicelib.domain.search.terms import brings_name, terms_of
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy, VersionConflict
from chalicelib.usecases.ports.search import place_of
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasCustomers, HasShops, HasWords

    class EraseWordsServices(HasClock, HasWords, Protocol):
        """The services that `erase_words` uses."""

    class IndexCaseServices(HasCases, HasClock, HasCustomers, HasShops, HasWords, Protocol):
        """The services that indexing a case uses."""


def index_event(services: "IndexCaseServices", case: Case, event: Event) -> int:
    """Let a case be found by one of its events, and with its opening by those that came before it; by how many new
    words. Repeating it adds none."""
    earlier = services.cases.events(key_of_id(case.id)) if event.order == OPENING and event.seq > 1 else []
    events = [event, *(other for other in earlier if other.seq < event.seq)]
    return _index(services, case, events, is_rebuilt=False)


def rebuild_words(services: "IndexCaseServices", case: Case) -> int:
    """Index a case anew from all its events: those of before it could be found, and those whose indexing failed; by how
    many words it is found then. Words that its events do not have any more are removed."""
    return _index(services, case, services.cases.events(key_of_id(case.id)), is_rebuilt=True)


def _index(services: "IndexCaseServices", case: Case, events: Sequence[Event], is_rebuilt: bool) -> int:
    key = key_of_id(case.id)
    place = place_of(case.opened_at, key)
    name = _name_of(services, case) if any(brings_name(event) for event in events) else None
    posted: list[Digest] = []
    for attempt in range(ATTEMPTS):
        before = services.words.load(key)
        after = _extended(services, case, events, name, _emptied(before) if is_rebuilt else before)
        if after == before and not is_rebuilt:
            services.words.remove(case.shop, place, [each for each in posted if each not in before.sources])
            return 0
        new = list(after.sources) if is_rebuilt else after.new_since(before)
        services.words.post(case.shop, place, [digest for digest in new if digest not in posted])
        posted = list(dict.fromkeys([*posted, *new]))
        try:
            services.words.save(key, after)
        except VersionConflict:
            services.pause(attempt)
            continue
        gone = [digest for digest in (*posted, *before.sources) if digest not in after.sources]
        services.words.remove(case.shop, place, list(dict.fromkeys(gone)))
        return len(new)
    raise Busy(f"the words of case {key} were written by others {ATTEMPTS} times in a row")


def _emptied(words: CaseWords) -> CaseWords:
    return replace(words, sources={}, left_out=0)


def _extended(
    services: "IndexCaseServices", case: Case, events: Sequence[Event], name: str | None, words: CaseWords
) -> CaseWords:
    with_words = shop_of(services, case.shop, fresh=False).words
    for event in events:
        if words.takes(event):
            terms = terms_of(event, name if brings_name(event) else None, with_words)
            words = words.with_terms(event.order, services.words.digests(case.shop, terms))
    return words


def _name_of(services: "IndexCaseServices", case: Case) -> str | None:
    key = key_of_id(case.customer)
    customer = services.customers.load([key]).get(key)
    return customer.name if customer is not None else None


def erase_words(services: "EraseWordsServices", case: Case, erased_at: Instant) -> None:
    """Let a case no longer be found by what was said until its customer was erased. That it was is stored even if the
    case cannot be found yet, because somebody may be indexing it."""
    key = key_of_id(case.id)
    place = place_of(case.opened_at, key)
    for attempt in range(ATTEMPTS):
        before = services.words.load(key)
        try:
            services.words.save(key, CaseWords(version=before.version, erased_at=erased_at))
        except VersionConflict:
            services.pause(attempt)
            continue
        services.words.remove(case.shop, place, list(before.sources))
        return
    raise Busy(f"the words of case {key} were written by others {ATTEMPTS} times in a row")
