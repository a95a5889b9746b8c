"""One mail being read: from its bytes to the letter."""

from codecs import BOM_UTF8
from itertools import islice

from chalicelib.adapters.email.html import text as pages
from chalicelib.adapters.email.mime.attachments import File, files_of, letterheads, shown_pictures
from chalicelib.adapters.email.mime.bodies import Piece, Shown, escaped, hints_of, is_unseen
from chalicelib.adapters.email.mime.delivery_reports import bounced, given_back, quoted_ids, reports_type
from chalicelib.adapters.email.mime.envelope import Heading
from chalicelib.adapters.email.mime.headers import NAME
from chalicelib.adapters.email.mime.signed import KINDS, signed_content
from chalicelib.adapters.email.mime.structure import Taken
from chalicelib.adapters.email.mime.winmail import is_packed
from chalicelib.domain.email.inbound_email import (
    KEPT_BYTES,
    MOST_FILES,
    Automatic,
    FullText,
    InboundEmail,
    Verdicts,
    ids_in,
)
from chalicelib.domain.email.parsing.automatic import is_null, judged
from chalicelib.domain.email.parsing.characters import read
from chalicelib.domain.email.quoting import forwards, fresh_part
from chalicelib.domain.email.quoting.lines import MARKS
from chalicelib.domain.kernel.validation import one_line
from chalicelib.usecases.ports import ParsedEmail

NO_MARKS = str.maketrans(dict.fromkeys(MARKS))
UNPACKED = "A winmail.dat could not be unpacked, or held no files."
ENCRYPTED = "The mail is encrypted: only whom it was written to can read it."
MOST_QUOTED = 20_000
MOST_ENCLOSED = 5
"""So many attached mails are shown with the whole."""


class Reading:
    """What is found in one mail, step by step."""

    def __init__(
        self, raw: bytes, digest: str, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts
    ) -> None:
        if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000]:
            raw = raw.replace(b"\r", b"\n")  # as programs of old wrote lines
        raw = raw.removeprefix(BOM_UTF8)
        if raw[:1].isspace() and NAME.match(begins := raw.lstrip()):  # some put an empty line above the head
            raw = begins
        self.digest, self.envelope, self.recipients, self.verdicts = digest, envelope, recipients, verdicts
        self.taken = Taken()
        self.message = self.taken.part(raw, 0, len(raw))
        self.unreadable = f"Not all of the mail was read: {self.taken.cut}." if self.taken.cut else ""
        self._open_signed()
        self.parts = list(self.message.walk())
        self.hints = tuple(dict.fromkeys(hints_of(self.message, self.message.head)))
        self.head = Heading(self.message.head, self.hints)
        self.shown = Shown(self.hints)
        self.pieces = self.shown.pieces(self.message) or self.shown.offered(self.parts)

    def read(self) -> ParsedEmail:
        """The letter, all it says, and its files."""
        html = "\n".join(one.html for one in self.pieces if one.html is not None)
        found = list(files_of(self.parts, self.shown, html, self.head.charset))
        aside = letterheads(found, html)
        if any(is_packed(one.kind, "") for one in self.parts) and not found:
            self.unreadable = self.unreadable or UNPACKED
        files = [one for place, one in enumerate(found) if place not in aside]
        words = "\n".join(self._words(one, quoted=True) for one in self.pieces)
        whole = self._whole(words)
        letter = self._letter(_cut(self._fresh(html, words) or words), whole, files)
        return ParsedEmail(
            letter,
            FullText(whole, self._page(html, found), letter.left_out, letter.unreadable),
            tuple(one.data for one in files[:MOST_FILES]),
        )

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

    def _fresh(self, html: str, words: str) -> str:
        """What is new in it. HTML comes with marks where it quotes, unless the mail forwards another."""
        subject, marked = self.head.text("subject"), any(one.text is None for one in self.pieces)
        quoted = not marked or forwards(subject, html)
        new = "\n".join(self._words(one, quoted).translate(NO_MARKS if one.text else {}) for one in self.pieces)
        return fresh_part(((new.strip() and new) or words)[: pages.MOST_TEXT], subject, marked=marked)

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
            head = [Heading(inner.head, self.hints).text(name) for name in ("from", "subject")]
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

    def _letter(self, text: str, whole: str, files: list[File]) -> InboundEmail:
        head = self.head
        automatic, proven = self._automatic()
        sender = head.sender()
        return InboundEmail(
            id=head.id,
            sender=sender.address,
            senders=sender.people,
            sender_name=one_line(sender.name),
            ambiguous=sender.ambiguous,
            envelope="" if is_null(self.envelope) else self.envelope or "",
            to=self.recipients,
            subject=one_line(" ".join(head.text("subject").split())) or "",
            text=text,
            in_reply_to=tuple(ids_in(head.text("in-reply-to")))[:10],
            references=tuple(ids_in(head.text("references")))[:50],
            automatic=automatic,
            about=tuple(dict.fromkeys(given_back(self.parts)))[:20],
            verdicts=self.verdicts,
            attachments=tuple(one.told for one in files[:MOST_FILES]),
            unproven=not proven,
            digest=self.digest,
            left_out=max(0, len(files) - MOST_FILES),
            unreadable=self.unreadable,
            reply_to=head.mailboxes("reply-to"),
            addressed_to=head.mailboxes("to"),
            cc=head.mailboxes("cc"),
            original_sender=head.original,
            list_id=head.text("list-id").rpartition("<")[2].strip("<> ")[:250],
            forwarded_for=head.forwarded(),
            importance=head.importance(),
            quoted_ids=self._quoted_ids(whole) if automatic else (),
            bounced=bounced(self.parts, head.text("x-failed-recipients"), whole) if automatic == "bounce" else (),
        )

    def _automatic(self) -> tuple[Automatic | None, bool]:
        found, proven = judged(self.head.told(), self.envelope, reports_type(self.message))
        return found or ("bulk" if self.verdicts.spam == "fail" else None), proven

    def _quoted_ids(self, whole: str) -> tuple[str, ...]:
        """The ids an automatic mail quotes: in its words, or in a part of words below them."""
        others = (one for one in self.parts if one.kind == "text/plain" and id(one) not in self.shown.taken)
        return quoted_ids("\n".join((whole, *(read(one.body(MOST_QUOTED)) for one in islice(others, 5)))))


def _cut(text: str) -> str:
    """What stands in the case: whole characters, and no NUL."""
    return text.replace("\x00", "").encode("utf-8", "replace")[:KEPT_BYTES].decode("utf-8", "ignore").strip()
