"""Turn the bytes of one email into an `InboundEmail`, its whole text and its files."""

from codecs import BOM_UTF8
from itertools import islice

from chalicelib.adapters.email.html import text as pages
from chalicelib.adapters.email.mime.attachments import File, find_files, find_letterheads, image_data_urls
from chalicelib.adapters.email.mime.bodies import BodyReader, Piece, charset_hints, is_invisible, text_as_html
from chalicelib.adapters.email.mime.delivery_reports import (
    bounced_recipients,
    enclosed_message_ids,
    quoted_ids,
    report_type,
)
from chalicelib.adapters.email.mime.envelope import EmailHeaders
from chalicelib.adapters.email.mime.headers import NAME
from chalicelib.adapters.email.mime.signed import KINDS, signed_content
from chalicelib.adapters.email.mime.structure import Part, PartReader
from chalicelib.adapters.email.mime.winmail import is_winmail
from chalicelib.domain.email.inbound_email import (
    KEPT_BYTES,
    MOST_FILES,
    Automatic,
    FullText,
    InboundEmail,
    Verdicts,
    message_ids_in,
)
from chalicelib.domain.email.parsing.automatic import classify_automatic, is_null_sender
from chalicelib.domain.email.parsing.characters import decode_text
from chalicelib.domain.email.quoting import fresh_part, is_forward
from chalicelib.domain.email.quoting.lines import NO_MARKS
from chalicelib.domain.kernel.validation import one_line
from chalicelib.usecases.ports.email import ParsedEmail

UNPACKED = "A winmail.dat could not be unpacked, or has no files."
ENCRYPTED = "The email is encrypted: only its recipient can read it."
MOST_QUOTED = 20_000
MOST_ENCLOSED = 5
"""At most this many attached emails are part of the whole text."""


class EmailReader:
    """Reads one email, step by step."""

    def __init__(
        self, raw: bytes, digest: str, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts
    ) -> None:
        self.digest = digest
        self.envelope = envelope
        self.recipients = recipients
        self.verdicts = verdicts
        raw = _with_usual_beginning(raw)
        self.part_reader = PartReader()
        self.message = self.part_reader.read(raw, 0, len(raw))
        self.unreadable = _explain_incomplete(self.part_reader.incomplete)
        self._open_signed()
        self.parts = list(self.message.walk())
        self.hints = tuple(dict.fromkeys(charset_hints(self.message, self.message.head)))
        self.headers = EmailHeaders(self.message.head, self.hints)
        self.bodies = BodyReader(self.hints)
        self.pieces = self.bodies.pieces(self.message) or self.bodies.attached_text(self.parts)

    def read(self) -> ParsedEmail:
        """The email, its whole text, and its files."""
        html = "\n".join(piece.html for piece in self.pieces if piece.html is not None)
        all_files = list(find_files(self.parts, self.bodies, html, self.headers.charset))
        letterheads = find_letterheads(all_files, html)
        if any(is_winmail(part.kind, "") for part in self.parts) and not all_files:
            self.unreadable = self.unreadable or UNPACKED
        files = [file for place, file in enumerate(all_files) if place not in letterheads]
        words = "\n".join(self._text_of(piece, quoted=True) for piece in self.pieces)
        whole = self._whole_text(words)
        email = self._email(_fit_for_case(self._fresh_text(html, words) or words), whole, files)
        return ParsedEmail(
            email,
            FullText(whole, self._safe_page(html, all_files), email.left_out, email.unreadable),
            tuple(file.data for file in files[:MOST_FILES]),
        )

    def _open_signed(self) -> None:
        """Replace each opaque signature with the content it signs, and note if the email is encrypted."""
        for part in list(self.message.walk()):
            if part.kind == "multipart/encrypted":
                self.unreadable = ENCRYPTED
            elif part.kind in KINDS and _may_be_signed(part):
                content = signed_content(part.body())
                if content is not None:
                    part.children = [self.part_reader.read(content, 0, len(content), 1)]
                    part.kind = "multipart/mixed"
                elif part is self.message:
                    self.unreadable = ENCRYPTED

    def _fresh_text(self, html: str, words: str) -> str:
        """The new text of the email. HTML is read with marks in the place of quotes, unless the email forwards
        another."""
        subject = self.headers.text("subject")
        marked = any(piece.text is None for piece in self.pieces)
        quoted = not marked or is_forward(subject, html)
        new = "\n".join(self._text_of(piece, quoted).translate(NO_MARKS if piece.text else {}) for piece in self.pieces)
        return fresh_part(((new.strip() and new) or words)[: pages.MOST_TEXT], subject, marked=marked)

    def _text_of(self, piece: Piece, quoted: bool) -> str:
        """The text of a body. Without `quoted`, HTML has marks in the place of the emails it quotes."""
        if piece.text is not None and not is_invisible(piece.text):
            return piece.text
        return pages.text_of(piece.html or "", quoted)

    def _whole_text(self, words: str) -> str:
        """All text of the email and of the emails attached to it, each below a line that says whose it is."""
        texts = [words] if report_type(self.message) is not None else [words, *self._enclosed_texts()]
        return "\n".join(texts).replace("\x00", "")[: pages.MOST_TEXT]

    def _enclosed_texts(self) -> list[str]:
        enclosed = [part.children[0] for part in self.parts if part.kind == "message/rfc822" and part.children]
        return [self._enclosed_text(message) for message in enclosed[:MOST_ENCLOSED]]

    def _enclosed_text(self, message: Part) -> str:
        """The text of an attached email, below a line with its sender and subject."""
        headers = EmailHeaders(message.head, self.hints)
        title = " · ".join(" ".join(headers.text(name).split()) for name in ("from", "subject"))
        words = [self._text_of(piece, quoted=True) for piece in BodyReader(self.hints).pieces(message)]
        return "\n".join((f"\n---------- {title} ----------", *words))

    def _safe_page(self, html: str, files: list[File]) -> str | None:
        """The HTML in a form that is safe to show, with the text of bodies that have none."""
        if not html.strip():
            return None
        bodies = (piece.html if piece.html is not None else text_as_html(piece.text or "") for piece in self.pieces)
        return pages.safe_html("\n".join(bodies), image_data_urls(files))

    def _email(self, text: str, whole: str, files: list[File]) -> InboundEmail:
        headers = self.headers
        automatic, proven = self._automatic()
        sender = headers.sender()
        return InboundEmail(
            id=headers.id,
            sender=sender.address,
            senders=sender.people,
            sender_name=one_line(sender.name),
            ambiguous=sender.ambiguous,
            envelope="" if is_null_sender(self.envelope) else self.envelope or "",
            to=self.recipients,
            subject=one_line(" ".join(headers.text("subject").split())) or "",
            text=text,
            in_reply_to=tuple(message_ids_in(headers.text("in-reply-to")))[:10],
            references=tuple(message_ids_in(headers.text("references")))[:50],
            automatic=automatic,
            about=tuple(dict.fromkeys(enclosed_message_ids(self.parts)))[:20],
            verdicts=self.verdicts,
            attachments=tuple(file.attachment for file in files[:MOST_FILES]),
            unproven=not proven,
            digest=self.digest,
            left_out=max(0, len(files) - MOST_FILES),
            unreadable=self.unreadable,
            reply_to=headers.mailboxes("reply-to"),
            addressed_to=headers.mailboxes("to"),
            cc=headers.mailboxes("cc"),
            original_sender=headers.original_sender,
            list_id=headers.text("list-id").rpartition("<")[2].strip("<> ")[:250],
            forwarded_for=headers.forwarded_for(),
            importance=headers.importance(),
            quoted_ids=self._quoted_ids(whole) if automatic else (),
            bounced=(
                bounced_recipients(self.parts, headers.text("x-failed-recipients"), whole)
                if automatic == "bounce"
                else ()
            ),
        )

    def _automatic(self) -> tuple[Automatic | None, bool]:
        """The kind of automatic email, and whether that is proven. Spam counts as sent to many."""
        headers = self.headers.for_classification()
        automatic, proven = classify_automatic(headers, self.envelope, report_type(self.message))
        return automatic or ("bulk" if self.verdicts.spam == "fail" else None), proven

    def _quoted_ids(self, whole: str) -> tuple[str, ...]:
        """The message ids that an automatic email quotes, in its text or in further texts below it."""
        others = (part for part in self.parts if part.kind == "text/plain" and id(part) not in self.bodies.used_parts)
        texts = (decode_text(part.body(MOST_QUOTED)) for part in islice(others, 5))
        return quoted_ids("\n".join((whole, *texts)))


def _with_usual_beginning(raw: bytes) -> bytes:
    """The bytes with line feeds, and without a byte order mark or a blank line before the head."""
    if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000]:
        raw = raw.replace(b"\r", b"\n")  # old programs end lines with a carriage return
    raw = raw.removeprefix(BOM_UTF8)
    if raw[:1].isspace() and NAME.match(stripped := raw.lstrip()):
        return stripped
    return raw


def _explain_incomplete(reason: str) -> str:
    return f"Not all of the email was read: {reason}." if reason else ""


def _may_be_signed(part: Part) -> bool:
    return part.content_parameters.word("smime-type") not in ("certs-only", "compressed-data")


def _fit_for_case(text: str) -> str:
    """As much of a text as is stored on the case: whole characters, without NUL."""
    return text.replace("\x00", "").encode("utf-8", "replace")[:KEPT_BYTES].decode("utf-8", "ignore").strip()
