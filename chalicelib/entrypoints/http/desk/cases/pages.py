"""A case on the desk, as it is now or as it stood at some time."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import Instant, at_local_time, parse_instant
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator
from chalicelib.entrypoints.http.desk.cases.forms import case_address, find_case_of
from chalicelib.entrypoints.http.desk.cases.neighbours import view_of
from chalicelib.entrypoints.http.desk.cases.refusals import NONE, REFUSALS, Refusal, refusal_of
from chalicelib.entrypoints.http.desk.cases.sections.understood import understood_of
from chalicelib.entrypoints.http.desk.cases.timeline import SHOWN, entry_of, timeline_of
from chalicelib.entrypoints.http.desk.cases.timeline_entries import Timeline
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import is_fragment, page, see_other
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.entrypoints.http.requests import parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.entrypoints.http.desk.composer.box import InsertedMacros
    from chalicelib.usecases.cases.read_case import CaseFile
    from chalicelib.usecases.ports.cases import StoredCase


def show(desk: Desk, case: str) -> Response:
    """The case with its timeline; with `at`, as it stood then; with `before`, the timeline's earlier part."""
    stored = find_case_of(desk, case)
    asked = _parameter(desk, "at")
    if not asked:
        _mark_seen(desk, stored)
        return case_page(desk, stored)
    moment = _parse_time(desk, asked)
    if moment is None or stored.case is None or moment < stored.case.opened_at:
        words = Words(desk)
        return case_page(desk, stored, Refusal(form="at", status=422, text=words.say("cases.bad_time")))
    return _past_page(desk, stored, moment)


def _mark_seen(desk: Desk, stored: "StoredCase") -> None:
    """Whoever opens a case has seen it, and the mentions of them on it."""
    from chalicelib.usecases.composer.mentions import mark_case_read

    who = desk.caller.name
    services().desk.mark_seen(desk.shop.id, who, stored.key, stored.version, desk.now)
    if stored.case is not None:
        mark_case_read(services(), desk.shop.id, who, stored.case.id)


def handle_form(desk: Desk, case: str, form: str, do: "Callable[[], object]") -> Response:
    """Do what a form asks for. If that is refused, the page is shown again with the reason and what was typed."""
    try:
        do()
    except REFUSALS as error:
        return case_page(desk, find_case_of(desk, case), refusal_of(desk, Words(desk), form, error))
    return see_other(case_address(desk, case, desk.form.get("view", ""), form.partition(".")[0]))


def case_page(
    desk: Desk, stored: "StoredCase", refusal: Refusal = NONE, macros: "InsertedMacros | None" = None
) -> Response:
    """The page of a case as it is now. `macros`: those that were just put into the reply."""
    from chalicelib.entrypoints.http.desk.cases.whole import present_values
    from chalicelib.entrypoints.http.desk.composer.box import NOTHING, box_of
    from chalicelib.usecases.cases.read_case import load_case_files

    assert stored.case is not None
    file = load_case_files(services(), [stored])[0]
    statuses = services().agents.statuses(stored.case.shop)
    narrator = Narrator(Words(desk), stored.case, desk.staff)
    timeline = _timeline(desk, narrator, file, stored, _parameter(desk, "before"))
    if is_fragment(desk.request):
        note_access(desk.request, [stored.case.customer], "case")
        return page(desk, "case/events.html", case=stored.case, timeline=timeline)
    values = present_values(desk, narrator, file, statuses)
    meanwhile = _meanwhile(narrator, file, stored.key, refusal.seen)
    shown = page(
        desk,
        "case.html",
        refusal.status,
        **_head(desk, file),
        timeline=timeline,
        understood=understood_of(narrator.words, stored.case, timeline),
        refusal=refusal,
        meanwhile=meanwhile,
        box=box_of(desk, file, macros or NOTHING),
        **values,
    )
    if refusal.form and not refusal.is_beside_box:
        shown.headers["HX-Reswap"] = "outerHTML show:top"  # forms leave the page where it is, and the reason is above
    return shown


def _past_page(desk: Desk, stored: "StoredCase", moment: Instant) -> Response:
    from chalicelib.entrypoints.http.desk.cases.whole import past_values
    from chalicelib.usecases.cases.read_case import case_at_time, load_case_files

    then = case_at_time(services(), stored, moment)
    assert then.case is not None
    file = load_case_files(services(), [then])[0]
    narrator = Narrator(Words(desk), then.case, desk.staff)
    note_access(desk.request, [then.case.customer], "case")
    before = _parameter(desk, "before") or f"{moment + 1:013d}"
    timeline = _timeline(desk, narrator, file, then, before)
    head = _head(desk, file) | {"at": moment}
    understood = understood_of(narrator.words, then.case, timeline)
    values = {"understood": understood, "refusal": NONE, "meanwhile": [], "box": None} | past_values(narrator)
    return page(desk, "case.html", **head, timeline=timeline, **values)


def _timeline(desk: Desk, narrator: Narrator, file: "CaseFile", stored: "StoredCase", before: str) -> Timeline:
    from chalicelib.usecases.casework.read_timeline import timeline_before

    entries = timeline_before(services(), stored, SHOWN, before or None)
    note_access(desk.request, {entry.case.customer for entry in entries.items} - {file.case.customer}, "case")
    return timeline_of(narrator, entries.items, file.customer, entries.next)


def _meanwhile(narrator: Narrator, file: "CaseFile", key: str, seen: int | None) -> list[Any]:
    """What happened since the version that the reader had seen."""
    if seen is None:
        return []
    events = services().cases.page_before(key, SHOWN, None).items
    return [entry_of(narrator, event, file.customer) for event in events if event.seq > seen]


def _head(desk: Desk, file: "CaseFile") -> dict[str, Any]:
    return {
        "case": file.case,
        "version": file.version,
        "subject": file.subject,
        "customer_name": (file.customer.name if file.customer else None) or "",
        "erased_at": _erased_at(file),
        "at": None,
        "is_paged": bool(_parameter(desk, "before")),
        "view": view_of(desk),
        "link": f"cases/{file.case.id}",
    }


def _erased_at(file: "CaseFile") -> Instant | None:
    """When the customer's words on this case were erased; None if they were not. A customer who came back since has new
    cases with words."""
    return file.customer.erased_at if file.customer and not file.subject else None


def _parameter(desk: Desk, name: str) -> str:
    return (parameter(desk.request, name) or "")[:60]


def _parse_time(desk: Desk, text: str) -> Instant | None:
    """An RFC 3339 time, or a local one of the shop; None for anything else."""
    try:
        return parse_instant(text.replace(" ", "+"))
    except ValueError:
        pass
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at_local_time(local.date().isoformat(), local.time(), desk.shop.time_zone) if local.tzinfo is None else None
