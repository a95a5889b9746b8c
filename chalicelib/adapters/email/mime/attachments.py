"""The files of an email: its attachments, the images in its HTML that are no letterhead, and those in a
`winmail.dat`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bs4 import BeautifulSoup

from chalicelib.adapters.email.html.text import is_small_enough
from chalicelib.adapters.email.mime.bodies import BodyReader
from chalicelib.adapters.email.mime.structure import Part
from chalicelib.adapters.email.mime.transfer_encoding import from_base64
from chalicelib.adapters.email.mime.winmail import is_winmail, unpack_winmail
from chalicelib.adapters.email.quoted_html import quoted_tag_ids
from chalicelib.domain.email.inbound_email import Attachment
from chalicelib.domain.email.parsing.inline_images import ImageDisplay, image_pixels, is_letterhead
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
"""Parts that are no files: signatures, reports, and the text of the email once more."""
SIGNATURES = "[id*=ignature], [class*=ignature], [class*=moz-sig]"
"""The elements around signatures in Gmail, Outlook, Thunderbird and Apple Mail."""
MOST_IMAGE_BYTES = 20_000
MOST_IMAGE_BYTES_TOGETHER = 400_000


@dataclass(frozen=True, slots=True)
class File:
    """A file with its content; `cid` is its id in the HTML."""

    attachment: Attachment
    data: bytes
    cid: str = ""


def find_files(parts: list[Part], bodies: BodyReader, html: str, charset: str | None) -> Iterator[File]:
    """The files of an email in their order, letterheads among them; then the images inside the HTML itself."""
    for part in parts:
        if id(part) in bodies.used_parts or part.children or part.kind.startswith(("multipart/", "message/rfc822")):
            continue
        yield from _files_of(part, charset)
    yield from _images_in_html(bodies, html)


def _files_of(part: Part, charset: str | None) -> Iterator[File]:
    """The file that a part is, or those that Outlook packed into it."""
    name = _name_of(part, charset)
    if part.kind in NO_FILES or (part.kind.startswith("message/") and not name):
        return
    data = part.body()
    if is_winmail(part.kind, name):
        for packed_name, kind, content in unpack_winmail(data):
            yield File(Attachment(packed_name, kind, len(content)), content)
    elif data:
        cid = part.head.raw("content-id").decode("utf-8", "replace").strip("<> ")
        yield File(Attachment(name, part.kind, len(data)), data, cid)


def _images_in_html(bodies: BodyReader, html: str) -> Iterator[File]:
    for place, (kind, encoded) in enumerate(bodies.images):
        data = from_base64(re.sub(rb"%0[AaDd]|%20|\s", b"", encoded))
        extension = kind.partition("/")[2]
        if f"cid:{place}@in.html" in html and data:
            yield File(Attachment(f"picture-{place + 1}.{extension}", kind, len(data)), data, f"{place}@in.html")


def find_letterheads(files: list[File], html: str) -> set[int]:
    """The places of the files that are letterhead, by how the HTML shows them."""
    displays = _image_displays(html) if any(file.cid for file in files) else {}
    return {
        place
        for place, file in enumerate(files)
        if file.cid
        and (display := displays.get(file.cid))
        and is_letterhead(len(file.data), image_pixels(file.data), display)
    }


def image_data_urls(files: list[File]) -> dict[str, str]:
    """The small images that may be shown with the HTML, as data URLs by their ids in it."""
    import base64

    urls: dict[str, str] = {}
    left = MOST_IMAGE_BYTES_TOGETHER
    for file in files:
        kind = _image_kind(file.data)
        if file.cid and kind and len(file.data) <= min(MOST_IMAGE_BYTES, left):
            left -= len(file.data)
            urls[file.cid] = f"data:{kind};base64,{base64.b64encode(file.data).decode('ascii')}"
    return urls


def _image_kind(data: bytes) -> str | None:
    """The media type of an image by its first bytes: only kinds that a browser merely draws."""
    kinds = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((kind for mark, kind in kinds.items() if data.startswith(mark)), None)


def _name_of(part: Part, charset: str | None) -> str:
    """The name of a file, from its disposition or else from its content type."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        if name := one_line(" ".join(part.head.parameters(header).text(parameter, charset).split())):
            return name
    return ""


def _image_displays(html: str) -> dict[str, ImageDisplay]:
    """How the HTML shows the images of the email, by their ids. HTML too large for a parser shows all of them
    plainly."""
    if not is_small_enough(html):
        return {cid: ImageDisplay() for cid in re.findall(r"cid:([^\s\"'<>)]{1,250})", html)}
    soup = BeautifulSoup(html, "html.parser")
    aside_ids = quoted_tag_ids(soup) | {id(tag) for tag in soup.select(SIGNATURES)}
    displays: dict[str, ImageDisplay] = {}
    for image in soup.find_all("img"):
        cid = unquote(str(image.get("src") or "").removeprefix("cid:"))
        displays[cid] = ImageDisplay(
            width=_pixels(image.get("width")),
            height=_pixels(image.get("height")),
            aside=any(id(parent) in aside_ids for parent in image.parents) or id(image) in aside_ids,
            again=cid in displays,
        )
    return displays


def _pixels(value: object) -> int | None:
    match = re.match(r"\s*([0-9]{1,5})\s*(px)?\s*$", str(value or ""))
    return int(match[1]) if match else None
