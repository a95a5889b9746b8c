"""Show what was found: each case, and the part of its conversation with the words."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.search.snippets import Snippet, snippet_of
from chalicelib.domain.search.terms import texts_of
from chalicelib.usecases.cases.read_case import CaseFile, load_case_files
from chalicelib.usecases.search.search import Hit, SearchPage

if TYPE_CHECKING:
    from chalicelib.usecases.cases.read_case import ReadCaseServices


class Result(Struct, frozen=True):
    """A case that was found. `event`: the id of the event with the words; `snippet`: the part of it that has them, or
    the begin of the conversation if the case was not found by words."""

    hit: Hit
    file: CaseFile
    event: str | None
    snippet: Snippet | None


def show_results(services: "ReadCaseServices", shop: str, page: SearchPage) -> list[Result]:
    """The results of a page, in the same order, without cases that are gone. Everything is read together."""
    keys = [hit.key for hit in page.hits]
    stored_cases = [stored for stored in services.cases.load_many(keys).values() if stored.case is not None]
    own = [stored for stored in stored_cases if stored.case is not None and stored.case.shop == shop]
    files = {stored.key: file for stored, file in zip(own, load_case_files(services, own), strict=True)}
    events = services.cases.events_named([(hit.key, hit.event or OPENING) for hit in page.hits])
    return [
        _result(hit, files[hit.key], events.get((hit.key, hit.event or OPENING)), page.words)
        for hit in page.hits
        if hit.key in files
    ]


def _result(hit: Hit, file: CaseFile, event: Event | None, words: tuple[str, ...]) -> Result:
    looked_for = words if hit.by == "words" else ()
    snippet = snippet_of(texts_of(event), looked_for) if event is not None else None
    return Result(hit, file, event.id if event is not None and hit.event is not None else None, snippet)
