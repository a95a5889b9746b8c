"""Drafts: what an agent is writing on a case and has not sent. An older tab never overwrites newer text: the text of
both is kept."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.domain.cases.payloads import MAX_COPY_RECIPIENTS
from chalicelib.domain.composer.macros import MAX_FILES, FileId
from chalicelib.domain.kernel.private_fields import MARK, Private
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.kernel.validation import Input, Text
from chalicelib.domain.sla.policies import Email

DraftKind = Literal["reply", "note"]
Notice = Literal["overtaken", "refused"]
"""Why a reply came back as a draft: something came that its writer had not seen, or the case no longer allowed it."""
KEEP_MS = 30 * DAY_MS
MAX_OTHERS = 3
"""How many other texts a draft keeps at most; each has up to 64 KiB."""
Counter = Annotated[int, Meta(ge=0, le=9_999_999_999_999)]


class DraftIn(Input, frozen=True, kw_only=True):
    """The body of `PUT …/drafts/{kind}`. `counter`: that of the draft this text continues, 0 for a new one."""

    body: Text
    counter: Counter = 0
    copy: Annotated[tuple[Email, ...], Meta(max_length=MAX_COPY_RECIPIENTS)] = ()
    files: Annotated[tuple[FileId, ...], Meta(max_length=MAX_FILES)] = ()
    seen: Annotated[int, Meta(ge=0)] = 0


class OtherText(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text that was saved beside a newer one. `base`: the counter of the draft that it continued."""

    base: int
    body: Private
    at: Instant


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A draft. `counter` names its text: whoever continues that very text says so, and may replace it. `seen`: the
    version of the case that the writer had before them."""

    shop: str
    case: str
    by: str
    kind: DraftKind
    body: Private = ""
    copy: Annotated[tuple[str, ...], MARK] = ()
    files: tuple[str, ...] = ()
    counter: int = 0
    seen: int = 0
    at: Instant = 0
    others: tuple[OtherText, ...] = ()
    notice: Notice | None = None
    why: Private = ""
    """In words, why a reply came back."""
    unseen: tuple[str, ...] = ()
    """The ids of the events that its writer had not seen."""
    version: int = 0
    """The version of the stored item; it changes with each write."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that could be lost."""
        return not (self.body.strip() or self.files or self.others)


def saved(stored: Draft | None, new: Draft, base: int) -> tuple[Draft, bool]:
    """The draft after a text was saved that continues the draft with the counter `base`; and whether it conflicted
    with a newer text, which then stays."""
    if stored is None:
        return _as_main(new, base), False
    if stored.counter == base:
        return replace(_as_main(new, stored.counter), others=stored.others, version=stored.version), False
    stored = _with_files(stored, new)
    if stored.body == new.body or not new.body.strip():
        return stored, False
    if any(other.body == new.body for other in stored.others):
        return stored, True
    others = [other for other in stored.others if other.base != base]
    others.append(OtherText(base=base, body=new.body, at=new.at))
    return replace(stored, others=tuple(others[-MAX_OTHERS:])), True


def _as_main(new: Draft, base: int) -> Draft:
    """The counter follows the clock, so that no draft has the counter of an earlier one that was sent."""
    return replace(new, counter=max(new.at, base + 1))


def _with_files(stored: Draft, new: Draft) -> Draft:
    """The draft with the files that an older page adds: which of them is the newer is not known, so none is lost."""
    files = tuple(dict.fromkeys((*stored.files, *new.files)))[:MAX_FILES]
    return stored if files == stored.files else replace(stored, files=files)


def returned(stored: Draft | None, back: Draft) -> Draft:
    """The draft after a reply came back that was not sent. It is the main text; one that was written since is kept
    beside it."""
    main = replace(back, counter=max(back.at, (stored.counter if stored else 0) + 1))
    if stored is None:
        return main
    written = [OtherText(base=stored.counter, body=stored.body, at=stored.at)] if stored.body.strip() else []
    others = [other for other in (*stored.others, *written) if other.body != back.body]
    return replace(main, others=tuple(others[-MAX_OTHERS:]), version=stored.version)


def without_main(stored: Draft, counter: int, body: str) -> Draft | None:
    """The draft after its text was sent: the newest other text, if there is one; None when nothing is left. Of a draft
    with another counter only the same words are taken: they were saved while they were being sent."""
    if stored.counter != counter and stored.body != body:
        return stored
    if not stored.others:
        return None
    *others, last = stored.others
    return Draft(
        shop=stored.shop,
        case=stored.case,
        by=stored.by,
        kind=stored.kind,
        body=last.body,
        counter=stored.counter + 1,
        at=last.at,
        others=tuple(others),
        version=stored.version,
    )
