"""Reading raw mails: what they say, whatever client wrote them, in whatever characters.

Only the mail function has nh3, Beautiful Soup and tnefparse, from its layer.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import getaddresses
from itertools import islice
from typing import Any

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString

from chalicelib.adapters.quoted_html import mark_quotes
from chalicelib.domain.help import is_email
from chalicelib.domain.letters import (
    KEPT_BYTES,
    MOST_FILES,
    Attachment,
    Letter,
    Verdicts,
    Whole,
    automatic_kind,
    ids_in,
)
from chalicelib.domain.platforms.reading import line
from chalicelib.domain.quoting import forwards, fresh_part
from chalicelib.usecases.ports import Read

MOST_TEXT, MOST_TAGS, MOST_PARTS, DECORATION = 200_000, 5_000, 200, 20_000
SHOWN = nh3.ALLOWED_TAGS - {"img"}
"""A picture from elsewhere would tell its sender when somebody looks."""
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949"}
"""Clients name the smaller set and write the larger one."""
GUESSES = ("utf-8", "gb18030", "cp1252")
BLOCKS = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "pre", "table", "hr")


class MailReader:
    """The `LetterReader` on Python's own mail package."""

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> Read:
        """What a raw mail says. Whatever is wrong with it, what can be read is given."""
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        parts = list(islice(_parts(message), MOST_PARTS))
        text, html = _bodies(parts)
        files = list(_files(parts, html))[:MOST_FILES]
        whole = (text if text is not None else _text_of(html or ""))[:MOST_TEXT]
        subject = _decoded(str(message["subject"] or ""))
        marked = "" if text is not None else _text_of(html or "", quoted=forwards(subject, html or ""))
        fresh = fresh_part(marked or whole, subject, marked=bool(marked))
        letter = _letter(message, envelope, recipients, verdicts, fresh or whole, parts, [one for one, _ in files])
        shown = nh3.clean(html, tags=SHOWN) if html and _is_moderate(html) else None
        return Read(letter, Whole(whole, shown), tuple(data for _, data in files))


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a mail; of a report its own, and not those of the mail it gives back."""
    inner = message.get_payload()
    if message.get_content_type() == "multipart/report" and isinstance(inner, list):
        return (one for one in inner if isinstance(one, Message))
    return message.walk()


def _letter(
    message: Message, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts, text: str,
    parts: list[Message], attachments: list[Attachment],
) -> Letter:  # fmt: skip
    headers = {name.lower(): _decoded(str(value)) for name, value in reversed(list(message.raw_items()))}
    senders = [one for name, value in message.raw_items() if name.lower() == "from" for one in _addresses(str(value))]
    name, address = senders[0] if senders else ("", "")
    sender = address if address.isascii() else _decoded(address)
    is_report = message.get_content_type() == "multipart/report"
    report = str(message.get_param("report-type") or "").lower() if is_report else ""
    subject = " ".join(headers.get("subject", "").split())
    return Letter(
        id=next(ids_in(headers.get("message-id", "")), ""), sender=sender if is_email(sender) else "",
        senders=len(senders), sender_name=line(" ".join(_decoded(name).split())), envelope=envelope or "",
        to=recipients, subject=line(subject) or "", text=_cut(text),
        in_reply_to=tuple(ids_in(headers.get("in-reply-to", "")))[:10],
        references=tuple(ids_in(headers.get("references", "")))[:50],
        automatic=automatic_kind(headers, envelope, report) or ("bulk" if verdicts.spam == "fail" else None),
        about=tuple(_given_back(parts)), verdicts=verdicts,
        attachments=tuple(attachments),
    )  # fmt: skip


def _decoded(text: str) -> str:
    """A header in readable characters: encoded words (RFC 2047), or bytes that stand there as they are, which Python
    keeps as lone surrogates."""
    from email.header import decode_header

    if any("\udc80" <= sign <= "\udcff" for sign in text):
        return _guessed(text.encode("utf-8", "surrogateescape"))
    try:
        words = decode_header(text)
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return text
    return "".join(one if isinstance(one, str) else _characters(one, kind or "ascii") for one, kind in words)


def _characters(data: bytes, charset: str) -> str:
    name = WIDER.get(charset.lower(), charset)
    try:
        return data.decode(name)
    except (LookupError, UnicodeDecodeError):
        return _guessed(data)


def _guessed(data: bytes) -> str:
    for name in GUESSES:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _addresses(field: str) -> list[tuple[str, str]]:
    """Names and addresses in a header as it stands. It is decoded afterwards, and names only: encoded words may hold
    commas and addresses, which are none (RFC 2047, 5)."""
    return [(name, address.strip()) for name, address in getaddresses([field[:20_000]]) if "@" in address]


def _bodies(parts: list[Message]) -> tuple[str | None, str | None]:
    """The text and the HTML a mail shows; what comes in several pieces stands below each other."""
    found: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in parts:
        kind = part.get_content_type()
        if kind in found and not part.is_multipart() and not _is_file(part):
            found[kind].append(_characters(_data(part), part.get_content_charset() or "utf-8"))
    text, html = "\n".join(found["text/plain"]), "\n".join(found["text/html"])
    return (text if text.strip() else None), (html if html.strip() else None)


def _data(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _files(parts: list[Message], html: str | None) -> Iterator[tuple[Attachment, bytes]]:
    """The files of a mail. Small pictures that its HTML shows are its letterhead, and its signature's."""
    for part in parts:
        kind = part.get_content_type()
        if part.is_multipart() or (not _is_file(part) and kind.startswith(("text/", "message/"))):
            continue
        data, shown = _data(part), str(part.get("content-id") or "").strip("<> ")
        if not data or (shown and html and f"cid:{shown}" in html and len(data) < DECORATION):
            continue
        name = line(_decoded(part.get_filename() or "")) or ""
        if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            yield from _unpacked(data)
        else:
            yield Attachment(name, kind, len(data)), data


def _unpacked(data: bytes) -> Iterator[tuple[Attachment, bytes]]:
    """The files in a `winmail.dat`, which Outlook packs them into."""
    from tnefparse import TNEF

    try:
        found = [(line(one.long_filename() or one.name) or "", bytes(one.data)) for one in TNEF(data).attachments]
    except Exception:  # bytes of strangers break a parser in ways no list names; the mail itself stays
        found = []
    yield from ((Attachment(name, "application/octet-stream", len(one)), one) for name, one in found if one)


def _given_back(parts: list[Message]) -> Iterator[str]:
    """The ids of the mails that a bounce encloses, whole or by their heads (RFC 3462)."""
    for part in parts:
        kind, inner = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(inner, list) and isinstance(inner[0], Message):
            yield from ids_in(str(inner[0]["message-id"] or ""))
        elif kind == "text/rfc822-headers":
            head = email.message_from_bytes(_data(part), policy=email.policy.compat32)
            yield from ids_in(str(head["message-id"] or ""))


def _is_moderate(html: str) -> bool:
    """Whether HTML may be given to a parser: what is very large or has very many tags can take minutes."""
    return len(html) <= MOST_TEXT and html.count("<") <= MOST_TAGS


def _text_of(html: str, quoted: bool = True) -> str:
    """The text of HTML, a block a line; without the mails it quotes unless they are wanted."""
    if not _is_moderate(html):
        return re.sub(r"<[^<>]{0,1000}>", "\n", html[:MOST_TEXT])
    soup = BeautifulSoup(html, "html.parser")
    gone = {id(one) for one in soup(["script", "style", "head", "title"])}
    if not quoted:
        mark_quotes(soup)
    found: list[str] = []
    _gather(soup, gone, found)
    lines = (re.sub(r"[ \t\xa0]+", " ", one).strip() for one in "".join(found).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _gather(soup: BeautifulSoup, gone: set[int], found: list[str]) -> None:
    """The texts below a tag in their order, in one pass, whatever the depth; a block begins and ends a line."""
    stack: list[Any] = [soup]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            found.append("" if isinstance(one, PreformattedString) else one)
        elif id(one) not in gone:
            ends = ["\n"] if one.name in BLOCKS else []
            found += ends
            stack += [*map(NavigableString, ends), *reversed(one.contents)]


def _cut(text: str) -> str:
    """What stands in the case: whole characters, and no NUL."""
    return text.replace("\x00", "").encode("utf-8", "replace")[:KEPT_BYTES].decode("utf-8", "ignore").strip()
