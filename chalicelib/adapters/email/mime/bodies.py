"""What a mail shows: for each of its alternatives the words or the HTML, in their order (RFC 2046, 5.1)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chalicelib.adapters.email.html.text import closed
from chalicelib.adapters.email.mime.headers import Head
from chalicelib.adapters.email.mime.structure import Part
from chalicelib.domain.email.parsing.characters import read
from chalicelib.domain.email.parsing.charsets import codec_of
from chalicelib.domain.email.parsing.flowed_text import unflowed

MOST_BYTES = 1_000_000
"""So much of a text is read."""
MOST_HTML = 40_000_000
"""So much of HTML is read: pictures may stand in it."""
WORDS = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"}
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
PAGE = re.compile(rb"\s*(<!doctype html|<html[\s>])", re.IGNORECASE)
"""What begins HTML, whatever its head says."""
UNSEEN = re.compile(
    "[\\s\u00a0\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3000\u3164\ufeff\uffa0]*"
)
"""What shows nothing: spaces, and signs without width (Unicode 15, Default_Ignorable_Code_Point)."""
FOOTER = re.compile(r"\s{0,20}(_{10,}|-{10,}|={10,}|\*{10,})[ \t]*\r?\n")
LONGEST_FOOTER = 2_000
LONGEST_OFFERED = 20_000
MOST_PICTURES = 50
PICTURE = re.compile(rb"data:(image/(?:png|jpe?g|gif|webp|bmp));base64,([A-Za-z0-9+/=%\s]{16,})", re.IGNORECASE)


@dataclass(slots=True)
class Piece:
    """One thing a mail shows: its words, its HTML, or both saying the same."""

    text: str | None
    html: str | None


class Shown:
    """Chooses what a mail shows, and remembers which parts that took."""

    def __init__(self, hints: Iterable[str | None]) -> None:
        self.taken: set[int] = set()
        self.hints = tuple(hints)
        self.pictures: list[tuple[str, bytes]] = []
        """Pictures that stood in the HTML itself: kind and base64; it names them `cid:<place>@in.html` now."""

    def pieces(self, part: Part, top: bool = True) -> list[Piece]:
        """What a part shows, in its order; attached mails show nothing."""
        if part.kind == "multipart/alternative":
            return self._alternative(part)
        if part.kind in ("multipart/signed", "multipart/report"):
            return [one for child in part.children[:1] for one in self.pieces(child)]
        if part.kind.startswith("multipart/"):
            found: list[Piece] = []
            for child in part.children:
                found += self.pieces(child, top=top and not found)
            return _without_footer(found)
        return self._leaf(part, top)

    def offered(self, parts: Iterable[Part]) -> list[Piece]:
        """The words of a mail that shows none and offers some as a file, as gateways of text messages do. The file
        stays one."""
        for part in parts:
            if part.kind == "text/plain" and part.disposition == "attachment":
                text = read(part.body(LONGEST_OFFERED), part.told.word("charset"), self.hints)
                return [Piece(text, None)] if not is_unseen(text) else []
        return []

    def _leaf(self, part: Part, top: bool) -> list[Piece]:
        """Words that stand there as such. A name does not make a file of the words a mail begins with."""
        if part.kind not in WORDS or part.children or not _is_shown(part, top):
            return []
        self.taken.add(id(part))
        if part.kind == "text/html" or PAGE.match(part.body(400)):
            html = self._html(part)
            return [Piece(None, html)] if html.strip() else []
        text = read(part.body(MOST_BYTES), part.told.word("charset"), self.hints)
        if part.told.word("format") == "flowed":
            text = unflowed(text, part.told.word("delsp") == "yes")
        if part.kind in ("text/enriched", "text/richtext"):
            text = re.sub(r"<[^<>\n]{1,80}>", "", text)
        return [] if is_unseen(text) else [Piece(text, None)]

    def _alternative(self, part: Part) -> list[Piece]:
        """The same in several forms: the words of the first that has some, the HTML of the last that has some."""
        forms = [self.pieces(child) for child in part.children]
        plain = next((one for one in forms if one and all(piece.html is None for piece in one)), None)
        rich = next((one for one in reversed(forms) if any(piece.html is not None for piece in one)), None)
        if plain and rich:
            html = "\n".join(one.html if one.html is not None else escaped(one.text or "") for one in rich)
            return [Piece("\n".join(one.text or "" for one in plain), html)]
        return rich or plain or []

    def _html(self, part: Part) -> str:
        """HTML in readable characters: by what its head says, else by what it says itself. Pictures in it are taken
        out, so that what is left can be looked at."""
        data = PICTURE.sub(self._picture, part.body(MOST_HTML))[:MOST_BYTES]
        told, meta = part.told.word("charset"), META.search(data[:4096])
        said = meta[1].decode("ascii", "replace").lower() if meta else ""
        if not codec_of(told) and said not in ("utf-16", "utf-16le"):
            told = said
        return closed(read(data, told, (said, *self.hints)))

    def _picture(self, found: re.Match[bytes]) -> bytes:
        if len(self.pictures) >= MOST_PICTURES:
            return b""
        self.pictures.append((found[1].decode("ascii").lower(), found[2]))
        return f"cid:{len(self.pictures) - 1}@in.html".encode()


def is_unseen(text: str) -> bool:
    """Whether a text shows nothing."""
    return UNSEEN.fullmatch(text) is not None


def escaped(text: str) -> str:
    """Words as HTML, for the place where others are HTML."""
    clean = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre>{clean}</pre>"


def hints_of(part: Part, head: Head) -> Iterator[str | None]:
    """The charsets a mail names anywhere: of its words, for its raw headers; of its headers, for its words."""
    from chalicelib.adapters.email.mime.encoded_words import charsets_in

    for one in part.walk():
        if one.kind in WORDS:
            yield one.told.word("charset") or None
            if one.kind == "text/html" and (meta := META.search(one.body(4096))):
                yield meta[1].decode("ascii", "replace")
    for name in ("subject", "from"):
        yield from charsets_in(head.raw(name).decode("ascii", "replace"))


def _is_shown(part: Part, top: bool) -> bool:
    """Whether words are shown with the mail, and not offered as a file."""
    if part.disposition == "attachment":
        return False
    return top or not (part.head.parameters("content-disposition").raw("filename") or part.told.raw("name"))


def _without_footer(pieces: list[Piece]) -> list[Piece]:
    """Without what a list or a scanner put below as a part of its own, behind a rule: nobody wrote it."""

    def is_footer(one: Piece) -> bool:
        return one.html is None and len(one.text or "") < LONGEST_FOOTER and bool(FOOTER.match(one.text or ""))

    return [one for place, one in enumerate(pieces) if place == 0 or not is_footer(one)]
