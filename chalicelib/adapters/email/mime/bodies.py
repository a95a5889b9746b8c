"""The bodies of an email in their order, as text or HTML (RFC 2046, 5.1)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chalicelib.adapters.email.html.text import escape_open_tags
from chalicelib.adapters.email.mime.headers import Head
from chalicelib.adapters.email.mime.structure import Part
from chalicelib.domain.email.parsing.characters import decode_text
from chalicelib.domain.email.parsing.charsets import codec_of
from chalicelib.domain.email.parsing.flowed_text import join_flowed_lines

MOST_BYTES = 1_000_000
"""At most this much of a text is read."""
MOST_HTML = 40_000_000
"""At most this much HTML is read: it can have images inside."""
TEXT_KINDS = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"}
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
PAGE = re.compile(rb"\s*(<!doctype html|<html[\s>])", re.IGNORECASE)
"""The beginning of HTML, whatever its content type says."""
INVISIBLE = re.compile(
    "[\\s\u00a0\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3000\u3164\ufeff\uffa0]*"
)
"""Text that shows nothing: spaces, and characters without width (Unicode 15, Default_Ignorable_Code_Point)."""
FOOTER = re.compile(r"\s{0,20}(_{10,}|-{10,}|={10,}|\*{10,})[ \t]*\r?\n")
LONGEST_FOOTER = 2_000
LONGEST_ATTACHED = 20_000
MOST_IMAGES = 50
IMAGE = re.compile(rb"data:(image/(?:png|jpe?g|gif|webp|bmp));base64,([A-Za-z0-9+/=%\s]{16,})", re.IGNORECASE)


@dataclass(slots=True)
class Piece:
    """One body of an email: its text, its HTML, or both with the same content."""

    text: str | None
    html: str | None


class BodyReader:
    """Chooses the bodies of an email that are shown, and remembers their parts."""

    def __init__(self, hints: Iterable[str | None]) -> None:
        self.used_parts: set[int] = set()
        """The `id()` of each part that is a body."""
        self.hints = tuple(hints)
        self.images: list[tuple[str, bytes]] = []
        """The images inside the HTML, as media type and base64; the HTML now names them `cid:<place>@in.html`."""

    def pieces(self, part: Part, top: bool = True) -> list[Piece]:
        """The bodies in a part in their order; attached emails have none. At the `top` of an email, a file name does
        not make a text an attachment."""
        if part.kind == "multipart/alternative":
            return self._alternative(part)
        if part.kind in ("multipart/signed", "multipart/report"):
            return [piece for child in part.children[:1] for piece in self.pieces(child)]
        if part.kind.startswith("multipart/"):
            pieces: list[Piece] = []
            for child in part.children:
                pieces += self.pieces(child, top=top and not pieces)
            return _without_footer(pieces)
        return self._body(part, top)

    def attached_text(self, parts: Iterable[Part]) -> list[Piece]:
        """The first attached text, for an email without a body, as gateways of text messages send it. It stays an
        attachment as well."""
        for part in parts:
            if part.kind == "text/plain" and part.disposition == "attachment":
                charset = part.content_parameters.word("charset")
                text = decode_text(part.body(LONGEST_ATTACHED), charset, self.hints)
                return [Piece(text, None)] if not is_invisible(text) else []
        return []

    def _body(self, part: Part, top: bool) -> list[Piece]:
        """The body that a part is, if it is one."""
        if part.kind not in TEXT_KINDS or part.children or not _is_shown(part, top):
            return []
        self.used_parts.add(id(part))
        if part.kind == "text/html" or PAGE.match(part.body(400)):
            html = self._html(part)
            return [Piece(None, html)] if html.strip() else []
        parameters = part.content_parameters
        text = decode_text(part.body(MOST_BYTES), parameters.word("charset"), self.hints)
        if parameters.word("format") == "flowed":
            text = join_flowed_lines(text, parameters.word("delsp") == "yes")
        if part.kind in ("text/enriched", "text/richtext"):
            text = re.sub(r"<[^<>\n]{1,80}>", "", text)
        return [] if is_invisible(text) else [Piece(text, None)]

    def _alternative(self, part: Part) -> list[Piece]:
        """The same content in several forms: the text of the first form with text only, and the last form with HTML."""
        forms = [self.pieces(child) for child in part.children]
        plain = next((form for form in forms if form and all(piece.html is None for piece in form)), None)
        rich = next((form for form in reversed(forms) if any(piece.html is not None for piece in form)), None)
        if plain and rich:
            html = "\n".join(piece.html if piece.html is not None else text_as_html(piece.text or "") for piece in rich)
            return [Piece("\n".join(piece.text or "" for piece in plain), html)]
        return rich or plain or []

    def _html(self, part: Part) -> str:
        """The HTML of a part, decoded by the charset of its content type, or else by the one it names itself. Images in
        it are taken out, so that the rest is small enough to examine."""
        data = IMAGE.sub(self._take_image, part.body(MOST_HTML))[:MOST_BYTES]
        declared = part.content_parameters.word("charset")
        meta = META.search(data[:4096])
        named = meta[1].decode("ascii", "replace").lower() if meta else ""
        if not codec_of(declared) and named not in ("utf-16", "utf-16le"):
            declared = named
        return escape_open_tags(decode_text(data, declared, (named, *self.hints)))

    def _take_image(self, match: re.Match[bytes]) -> bytes:
        if len(self.images) >= MOST_IMAGES:
            return b""
        self.images.append((match[1].decode("ascii").lower(), match[2]))
        return f"cid:{len(self.images) - 1}@in.html".encode()


def is_invisible(text: str) -> bool:
    """Whether a text shows nothing."""
    return INVISIBLE.fullmatch(text) is not None


def text_as_html(text: str) -> str:
    """A text as HTML, where it stands beside other HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre>{escaped}</pre>"


def charset_hints(part: Part, head: Head) -> Iterator[str | None]:
    """The charsets that an email names anywhere: those of its text help to read its headers, and the other way
    round."""
    from chalicelib.adapters.email.mime.encoded_words import charsets_in

    for child in part.walk():
        if child.kind in TEXT_KINDS:
            yield child.content_parameters.word("charset") or None
            if child.kind == "text/html" and (meta := META.search(child.body(4096))):
                yield meta[1].decode("ascii", "replace")
    for name in ("subject", "from"):
        yield from charsets_in(head.raw(name).decode("ascii", "replace"))


def _is_shown(part: Part, top: bool) -> bool:
    """Whether a text is shown in the email, and is not an attachment."""
    if part.disposition == "attachment":
        return False
    if top:
        return True
    return not (part.head.parameters("content-disposition").raw("filename") or part.content_parameters.raw("name"))


def _without_footer(pieces: list[Piece]) -> list[Piece]:
    """The bodies without a footer that a list or a scanner added as a part of its own, behind a rule: nobody wrote
    it."""
    return [piece for place, piece in enumerate(pieces) if place == 0 or not _is_footer(piece)]


def _is_footer(piece: Piece) -> bool:
    text = piece.text or ""
    return piece.html is None and len(text) < LONGEST_FOOTER and bool(FOOTER.match(text))
