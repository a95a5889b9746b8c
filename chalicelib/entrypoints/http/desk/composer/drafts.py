"""What one is writing, saved by the page while one writes; one's drafts; files for replies."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.composer.agent_files import UploadIn
from chalicelib.domain.composer.drafts import DraftIn, DraftKind
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.forms import case_address, find_case_of, form_body
from chalicelib.entrypoints.http.desk.cases.neighbours import view_of
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page, see_other
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.entrypoints.http.requests import answer

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case

KINDS: tuple[DraftKind, ...] = ("reply", "note")
MOST = 50
NO_VIEW = "none"
"""Stands in an address for a case that was not opened from a list."""


def save(desk: Desk, case: str, kind: str) -> Response:
    """Save a draft: `{"body", "counter", "files", "seen"}`; the answer has the counter that the text has now."""
    from chalicelib.usecases.composer.save_draft import save_draft

    draft_kind = next((each for each in KINDS if each == kind), None)
    if draft_kind is None:
        raise NotFound("There is no such draft.")
    body = desk.json()
    if not isinstance(body, dict):
        raise invalid("", "is not an object")
    draft, is_conflict = save_draft(
        services(), case_of(desk, case), desk.caller.name, draft_kind, form_body(body, DraftIn), keeps_copy=True
    )
    return answer({"counter": draft.counter if draft else 0, "conflict": is_conflict})


def request_file(desk: Desk, case: str) -> Response:
    """A page with the form that uploads one file for a reply."""
    from chalicelib.usecases.composer.attach_files import request_upload

    of_case = case_of(desk, case)
    name = form_body({"name": desk.form.get("name") or Words(desk).say("composer.file")}, UploadIn).name
    back = desk.address(f"cases/{case}/uploaded/{view_of(desk) or NO_VIEW}")
    file, upload = request_upload(services(), of_case, name, desk.caller.name, back)
    save_typed(desk, of_case, desk.form.get("body", ""), [*desk.fields.get("files", []), file.id])
    return page(desk, "upload.html", case=of_case, name=name, upload=upload)


def uploaded(desk: Desk, case: str, view: str) -> Response:
    """Back to the reply after an upload. The store of files adds fields of its own to the address that it leads to."""
    return see_other(case_address(desk, case, "" if view == NO_VIEW else view, "reply"))


def save_typed(desk: Desk, case: "Case", body: str, files: Iterable[str]) -> None:
    """Save as a draft what a form of the reply has, beside what another tab saved since."""
    from chalicelib.usecases.composer.save_draft import save_draft

    fields = {
        "body": body,
        "counter": desk.number("draft") or 0,
        "files": list(dict.fromkeys(files)),
        "seen": desk.number("version") or 0,
    }
    if body or fields["files"]:
        save_draft(services(), case, desk.caller.name, "reply", form_body(fields, DraftIn), keeps_copy=True)


def mine(desk: Desk) -> Response:
    """One's drafts in the shop, with their cases."""
    from chalicelib.usecases.composer.save_draft import my_drafts

    drafts = my_drafts(services(), desk.shop.id, desk.caller.name, MOST, None).items
    stored = services().cases.load_many({key_of_id(draft.case) for draft in drafts})
    cases = {each.case.id: each.case for each in stored.values() if each.case is not None}
    note_access(desk.request, [case.customer for case in cases.values()], "drafts")
    return page(desk, "drafts.html", drafts=[(draft, cases[draft.case]) for draft in drafts if draft.case in cases])


def case_of(desk: Desk, case: str) -> "Case":
    """The case with this id in the open shop. NotFound without it."""
    stored = find_case_of(desk, case)
    assert stored.case is not None
    return stored.case
