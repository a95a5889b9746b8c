"""One mail being read: from its bytes to the letter."""

import re
from functools import cached_property
from itertools import islice

from chalicelib.adapters.letters import pages
from chalicelib.adapters.letters.bodies import Piece, Shown, escaped, hints_of, is_unseen
from chalicelib.adapters.letters.files import File, files_of, letterheads, shown_pictures
from chalicelib.adapters.letters.reports import bounced, given_back, quoted_ids, reports_type
from chalicelib.adapters.letters.senders import mailboxes, sender_of
from chalicelib.adapters.letters.signed import KINDS, signed_content
from chalicelib.adapters.letters.structure import Taken
from chalicelib.adapters.letters.words import decoded_words
from chalicelib.domain.letters import (
    KEPT_BYTES,
    MOST_FILES,
    Importance,
    Letter,
    Mailbox,
    Verdicts,
    Whole,
    ids_in,
)
from chalicelib.domain.mailing.automatic import READ_HEADERS, Automatic, automatic_kind, is_null
from chalicelib.domain.mailing.characters import read
from chalicelib.domain.platforms.reading import line
from chalicelib.domain.quoting import fresh_part
from chalicelib.usecases.ports import Read

ENCRYPTED = "The mail is encrypted: only whom it was written to can read it."
MOST_QUOTED = 20_000
MOST_ENCLOSED = 5
"""So many attached mails are shown with the whole."""


class Reading:
    """What is found in one mail, step by step."""

    def __init__(
        self, raw: bytes, digest: str, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts
    ) -> None:  # fmt: skip
        if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000]:
            raw = raw.replace(b"\r", b"\n")  # as programs of old wrote lines
        self.digest, self.envelope, self.recipients, self.verdicts = digest, envelope, recipients, verdicts
        self.taken = Taken()
        self.message = self.taken.part(raw, 0, len(raw))
        self.unreadable = f"Not all of the mail was read: {self.taken.cut}." if self.taken.cut else ""
        self._open_signed()
        self.parts = list(self.message.walk())
        self.hints = tuple(dict.fromkeys(hints_of(self.message, self.message.head)))
        self.shown = Shown(self.hints)
        self.pieces = self.shown.pieces(self.message) or self.shown.offered(self.parts)

    def read(self) -> Read:
        """The letter, all it says, and its files."""
        html = "\n".join(one.html for one in self.pieces if one.html is not None)
        found = list(files_of(self.parts, self.shown, html, self.charset))
        aside = letterheads(found, html)
        files = [one for place, one in enumerate(found) if place not in aside]
        words = "\n".join(self._words(one, quoted=True) for one in self.pieces)
        whole = self._whole(words)
        new = "\n".join(self._words(one, quoted=False) for one in self.pieces)
        fresh = fresh_part(new[: pages.MOST_TEXT])
        letter = self._letter(_cut(fresh or words), whole, files)
        return Read(
            letter,
            Whole(whole, self._page(html, found), letter.left_out, letter.unreadable),
            tuple(one.data for one in files[:MOST_FILES]),
        )

    @property
    def charset(self) -> str | None:
        """What the mail is written in, for headers that do not say."""
        return next((one for one in self.hints if one), None)

    def header(self, name: str) -> str:
        """The first header of a name in readable characters; empty where there is none."""
        return self._decoded(self.message.head.raw(name))

    def raw_text(self, raw: bytes) -> str:
        """A header's bytes as text; encoded words stand as they are."""
        return read(raw, None, self.hints)

    def _decoded(self, raw: bytes) -> str:
        return decoded_words(self.raw_text(raw), self.charset)

    def _open_signed(self) -> None:
        """Puts what an opaque signature signs in its place; says so where a mail is encrypted."""
        for part in list(self.message.walk()):
            if part.kind in KINDS and part.told.word("smime-type") not in ("certs-only", "compressed-data"):
                content = signed_content(part.body())
                if content is not None:
                    part.children = [self.taken.part(content, 0, len(content), 1)]
                    part.kind = "multipart/mixed"
                elif part is self.message:
                    self.unreadable = ENCRYPTED
            elif part.kind == "multipart/encrypted":
                self.unreadable = ENCRYPTED

    def _words(self, one: Piece, quoted: bool) -> str:
        """The words of a piece. HTML that quotes others is read without them, where only what is new is wanted."""
        if one.text is not None and not is_unseen(one.text):
            return one.text
        return pages.text_of(one.html or "", quoted)

    def _whole(self, words: str) -> str:
        """All the mail says, and what the mails attached to it say, below a line that says whose they are."""
        found = [words] if reports_type(self.message) is not None else [words, *self._enclosed()]
        return "\n".join(found).replace("\x00", "")[: pages.MOST_TEXT]

    def _enclosed(self) -> list[str]:
        found = []
        for part in [one for one in self.parts if one.kind == "message/rfc822" and one.children][:MOST_ENCLOSED]:
            inner = part.children[0]
            head = [self._decoded(inner.head.raw(name)) for name in ("from", "subject")]
            words = [self._words(one, quoted=True) for one in Shown(self.hints).pieces(inner)]
            found.append(
                "\n".join((f"\n---------- {' · '.join(' '.join(one.split()) for one in head)} ----------", *words))
            )
        return found

    def _page(self, html: str, files: list[File]) -> str | None:
        """The HTML as it can be shown, words without HTML in their place."""
        if not html.strip():
            return None
        told = (one.html if one.html is not None else escaped(one.text or "") for one in self.pieces)
        return pages.shown("\n".join(told), shown_pictures(files))

    def _letter(self, text: str, whole: str, files: list[File]) -> Letter:
        head, automatic = self.message.head, self._automatic()
        sender = sender_of(head.raws("from"), self.raw_text, self.charset)
        return Letter(
            id=next(ids_in(self.raw_text(head.raw("message-id"))), ""), sender=sender.address, senders=sender.people,
            sender_name=line(sender.name), ambiguous=sender.ambiguous,
            envelope="" if is_null(self.envelope) else self.envelope or "", to=self.recipients,
            subject=line(" ".join(self.header("subject").split())) or "", text=text,
            in_reply_to=tuple(ids_in(self.header("in-reply-to")))[:10],
            references=tuple(ids_in(self.header("references")))[:50],
            automatic=automatic, about=tuple(dict.fromkeys(given_back(self.parts)))[:20],
            verdicts=self.verdicts, attachments=tuple(one.told for one in files[:MOST_FILES]),
            digest=self.digest, left_out=max(0, len(files) - MOST_FILES), unreadable=self.unreadable,
            reply_to=self._mailboxes("reply-to"), addressed_to=self._mailboxes("to"), cc=self._mailboxes("cc"),
            original_sender=self._original,
            list_id=self.header("list-id").rpartition("<")[2].strip("<> ")[:250],
            forwarded_for=self._forwarded(), quoted_ids=self._quoted_ids(whole) if automatic else (),
            bounced=bounced(self.parts, self.header("x-failed-recipients")) if automatic == "bounce" else (),
            importance=self._importance,
        )  # fmt: skip

    def _automatic(self) -> Automatic | None:
        told = {name: self.header(name) for name in READ_HEADERS if self.message.head.raws(name)}
        told |= {"x-original-sender": self._original}
        told |= {"delivered-to": ", ".join(map(self.raw_text, reversed(self.message.head.raws("delivered-to"))))}
        found = automatic_kind(told, self.envelope, reports_type(self.message))
        return found or ("bulk" if self.verdicts.spam == "fail" else None)

    def _quoted_ids(self, whole: str) -> tuple[str, ...]:
        """The ids an automatic mail quotes: in its words, or in a part of words below them."""
        others = (one for one in self.parts if one.kind == "text/plain" and id(one) not in self.shown.taken)
        return quoted_ids("\n".join((whole, *(read(one.body(MOST_QUOTED)) for one in islice(others, 5)))))

    def _mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        return mailboxes(self.message.head.raws(name), self.raw_text, self.charset)

    def _address(self, name: str) -> str:
        return next((one.address for one in self._mailboxes(name)), "")

    @cached_property
    def _original(self) -> str:
        """Who wrote what came over a list that put itself into `From`: as Google Groups says, else, as Mailman does,
        whom it is to be answered to (`Amy via Help <help@shop>`)."""
        names = ("x-original-sender", "x-original-from", "original-from", "x-mailman-original-from")
        told = next((found for name in names if (found := self._address(name))), "")
        if told or not self.message.head.raws("list-id") or not re.search(r"\bvia\b", self.header("from")):
            return told
        answered = [one.address for one in self._mailboxes("reply-to") if one.address not in self.header("from")]
        return answered[0] if len(answered) == 1 else ""

    def _forwarded(self) -> tuple[str, ...]:
        names = ("x-forwarded-for", "x-forwarded-to", "x-original-to", "delivered-to")
        told = (self.raw_text(one).replace(" ", ",") for name in names for one in self.message.head.raws(name))
        return tuple(
            dict.fromkeys(box.address for one in told for box in mailboxes([one.encode()], self.raw_text, None))
        )[:20]

    @cached_property
    def _importance(self) -> Importance:
        """How its sender sees it: X-Priority 1 or 2 is high, 4 or 5 low (RFC 4021 names Importance and Priority)."""
        told = [self.header(one).lower() for one in ("x-priority", "importance", "priority", "x-msmail-priority")]
        if told[0][:1] in ("1", "2") or any(one.startswith(("high", "urgent")) for one in told):
            return "high"
        low = told[0][:1] in ("4", "5") or any(one.startswith(("low", "non-urgent")) for one in told)
        return "low" if low else "normal"


def _cut(text: str) -> str:
    """What stands in the case: whole characters, and no NUL."""
    return text.replace("\x00", "").encode("utf-8", "replace")[:KEPT_BYTES].decode("utf-8", "ignore").strip()
