"""Agents' drafts: saved as they write, on every device, without an older tab overwriting newer text."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.drafts import Draft, DraftIn, DraftKind, saved, without_main
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy, Page, VersionConflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasDrafts

    class SaveDraftServices(HasClock, HasDrafts, Protocol):
        """The services that `save_draft` uses."""


def save_draft(
    services: "SaveDraftServices", case: Case, by: str, kind: DraftKind, text: DraftIn, *, keeps_copy: bool = False
) -> tuple[Draft | None, bool]:
    """Save what an agent is writing; the draft as it is stored now, and whether a newer text was there already: then
    both are kept. An empty text that nothing else stands beside removes the draft (None). `keeps_copy`: whoever saves
    does not know who is to get a copy, so that stays."""
    check_bytes("body", text.body)
    new = Draft(
        shop=case.shop,
        case=case.id,
        by=by,
        kind=kind,
        body=text.body,
        copy=text.copy,
        files=text.files,
        seen=text.seen,
        at=services.now(),
    )
    is_conflict = False

    def change(stored: Draft | None) -> Draft | None:
        nonlocal is_conflict
        text_now = replace(new, copy=stored.copy) if stored and keeps_copy else new
        draft, is_conflict = saved(stored, text_now, text.counter)
        return None if draft.is_empty else draft

    return _change(services, case, by, kind, change), is_conflict


def read_draft(services: "SaveDraftServices", case: Case, by: str, kind: DraftKind) -> Draft:
    """An agent's draft on a case; NotFound when there is none."""
    draft = services.drafts.load(case.shop, by, key_of_id(case.id), kind)
    if draft is None:
        raise NotFound(f"You have no draft of a {kind} on this case.")
    return draft


def my_drafts(services: "SaveDraftServices", shop: str, by: str, limit: int, after: str | None) -> Page:
    """A page of an agent's drafts (`Draft`) in a shop, by case."""
    return services.drafts.of_agent(shop, by, limit, after)


def discard_draft(services: "SaveDraftServices", case: Case, by: str, kind: DraftKind) -> None:
    """Remove an agent's draft with all its texts; nothing happens when there is none."""
    _change(services, case, by, kind, lambda _: None)


def remove_sent(services: "SaveDraftServices", case: Case, by: str, kind: DraftKind, counter: int, body: str) -> None:
    """Remove the text with this counter from the draft, because it was sent; what was written since stays."""
    _change(services, case, by, kind, lambda stored: without_main(stored, counter, body) if stored else None)


def _change(
    services: "SaveDraftServices",
    case: Case,
    by: str,
    kind: DraftKind,
    change: "Callable[[Draft | None], Draft | None]",
) -> Draft | None:
    for attempt in range(ATTEMPTS):
        stored = services.drafts.load(case.shop, by, key_of_id(case.id), kind)
        draft = change(stored)
        try:
            if draft is not None and draft != stored:
                return services.drafts.save(draft, key_of_id(case.customer))
            if draft is None and stored is not None:
                services.drafts.remove(stored)
        except VersionConflict:
            services.pause(attempt)
        else:
            return draft
    raise Busy(f"a draft was changed by others {ATTEMPTS} times in a row")
