"""The files of a mail: what is attached, what its HTML shows and is no letterhead, and what Outlook packs up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bs4 import BeautifulSoup

from chalicelib.adapters.email.html.text import is_moderate
from chalicelib.adapters.email.mime.bodies import Shown
from chalicelib.adapters.email.mime.structure import Part
from chalicelib.adapters.email.mime.transfer_encoding import from_base64
from chalicelib.adapters.email.mime.winmail import is_packed, unpacked
from chalicelib.adapters.email.quoted_html import quoted_in
from chalicelib.domain.email.inbound_email import Attachment
from chalicelib.domain.email.parsing.inline_images import Drawn, is_letterhead, size_of
from chalicelib.domain.kernel.validation import one_line

NO_FILES = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "text/x-amp-html",
    "text/rfc822-headers",
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
}
"""Who signed a mail is no file of it, nor is a report, nor the words once more."""
SIGNED = "[id*=ignature], [class*=ignature], [class*=moz-sig]"
"""What clients put around a signature: Gmail, Outlook, Thunderbird, Apple."""
MOST_SHOWN, MOST_SHOWN_TOGETHER = 20_000, 400_000


@dataclass(frozen=True, slots=True)
class File:
    """A file with what it holds; `cid` is what the HTML calls it."""

    told: Attachment
    data: bytes
    cid: str = ""


def files_of(parts: list[Part], shown: Shown, html: str, charset: str | None) -> Iterator[File]:
    """The files of a mail in their order, letterheads among them; then those that stand in the HTML."""
    for part in parts:
        if id(part) in shown.taken or part.children or part.kind.startswith(("multipart/", "message/rfc822")):
            continue
        name = _name_of(part, charset)
        if part.kind in NO_FILES or (part.kind.startswith("message/") and not name):
            continue
        data = part.body()
        if is_packed(part.kind, name):
            yield from (File(Attachment(called, kind, len(one)), one) for called, kind, one in unpacked(data))
        elif data:
            cid = part.head.raw("content-id").decode("utf-8", "replace").strip("<> ")
            yield File(Attachment(name, part.kind, len(data)), data, cid)
    for place, (kind, encoded) in enumerate(shown.pictures):
        data, ending = from_base64(re.sub(rb"%0[AaDd]|%20|\s", b"", encoded)), kind.partition("/")[2]
        if f"cid:{place}@in.html" in html and data:
            yield File(Attachment(f"picture-{place + 1}.{ending}", kind, len(data)), data, f"{place}@in.html")


def letterheads(files: list[File], html: str) -> set[int]:
    """The places of the files that are decoration: pictures the HTML shows that `is_letterhead`."""
    drawn = _drawn_in(html) if any(one.cid for one in files) else {}
    return {
        place
        for place, one in enumerate(files)
        if one.cid and (how := drawn.get(one.cid)) and is_letterhead(len(one.data), size_of(one.data), how)
    }


def shown_pictures(files: list[File]) -> dict[str, str]:
    """The small pictures that may be shown with the HTML, as data by what it calls them."""
    import base64

    found: dict[str, str] = {}
    left = MOST_SHOWN_TOGETHER
    for one in files:
        kind = _kind_of(one.data)
        if one.cid and kind and len(one.data) <= min(MOST_SHOWN, left):
            left -= len(one.data)
            found[one.cid] = f"data:{kind};base64,{base64.b64encode(one.data).decode('ascii')}"
    return found


def _kind_of(data: bytes) -> str | None:
    """The kind of a picture by its first bytes: only what a browser merely draws."""
    begins = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((kind for mark, kind in begins.items() if data.startswith(mark)), None)


def _name_of(part: Part, charset: str | None) -> str:
    """What a file is called: where it is offered, else where its kind is told."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        if name := one_line(" ".join(part.head.parameters(header).text(parameter, charset).split())):
            return name
    return ""


def _drawn_in(html: str) -> dict[str, Drawn]:
    """How the HTML shows the pictures that came with it; what is too large to be looked at shows them all plainly."""
    if not is_moderate(html):
        return {cid: Drawn() for cid in re.findall(r"cid:([^\s\"'<>)]{1,250})", html)}
    soup = BeautifulSoup(html, "html.parser")
    around = quoted_in(soup) | {id(one) for one in soup.select(SIGNED)}
    found: dict[str, Drawn] = {}
    for one in soup.find_all("img"):
        cid = unquote(str(one.get("src") or "").removeprefix("cid:"))
        aside = any(id(parent) in around for parent in one.parents) or id(one) in around
        found[cid] = Drawn(_number(one.get("width")), _number(one.get("height")), aside, cid in found)
    return found


def _number(told: object) -> int | None:
    found = re.match(r"\s*([0-9]{1,5})\s*(px)?\s*$", str(told or ""))
    return int(found[1]) if found else None
