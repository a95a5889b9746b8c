"""What reports tell of mails of ours: which, and whom they did not reach (RFC 3464, RFC 5965, RFC 8098)."""

import re
from collections.abc import Iterator

from chalicelib.adapters.email.mime.bounce_reports import failed_in
from chalicelib.adapters.email.mime.headers import head_at
from chalicelib.adapters.email.mime.structure import Part
from chalicelib.domain.email.inbound_email import Bounce, ids_in
from chalicelib.domain.email.parsing.characters import read

MOST_RECIPIENTS, MOST_BYTES, LONGEST = 50, 100_000, 400_000
QUOTED_ID = re.compile(
    r"(?:^|\n)[>\s|*]{0,20}(?:X-)?(?:Original-|Failed-)?Message-I[dD]\s{0,5}:[>\s|*]{0,40}(<[^<>\s]{3,250}>)",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"^(final-recipient|original-recipient|original-rcpt-to|action|status)[ \t]*:[ \t]*(.{1,500})$",
    re.IGNORECASE | re.MULTILINE,
)
CODE = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
ADDRESS = re.compile(r"[^\s<>;,\"]{1,100}@[^\s<>;,\"]{1,250}")


def reports_type(message: Part) -> str | None:
    """The type of a `multipart/report`, by what is in it where it does not say; None for what is none."""
    inside = {one.kind for one in message.children}
    if message.kind != "multipart/report" and "message/feedback-report" not in inside:
        return None
    told = message.told.word("report-type")
    if told not in ("delivery-status", "feedback-report", "disposition-notification"):
        for kind in ("delivery-status", "feedback-report", "disposition-notification"):
            told = kind if f"message/{kind}" in inside or f"message/global-{kind}" in inside else told
    return told


def given_back(parts: list[Part]) -> Iterator[str]:
    """The ids of the mails a report encloses, whole or by their heads, or names (RFC 6522, RFC 8098)."""
    for part in parts:
        if part.kind in ("message/rfc822", "message/global") and part.children:
            yield from ids_in(part.children[0].head.raw("message-id").decode("utf-8", "replace"))
        elif part.kind in ("text/rfc822-headers", "message/global-headers"):
            head, _ = head_at(data := part.body(MOST_BYTES), 0, len(data))
            yield from ids_in(head.raw("message-id").decode("utf-8", "replace"))
        elif part.kind in ("message/disposition-notification", "message/global-disposition-notification"):
            yield from quoted_ids(read(part.body(MOST_BYTES)))


def quoted_ids(text: str) -> tuple[str, ...]:
    """The ids of mails whose heads stand in a text: qmail, Exim and others give mails back so."""
    found = (one for field in QUOTED_ID.findall(text[:LONGEST]) for one in ids_in(field))
    return tuple(dict.fromkeys(found))[:20]


def bounced(parts: list[Part], failed: str, words: str) -> tuple[Bounce, ...]:
    """The recipients a delivery report speaks of; `failed` is what `X-Failed-Recipients` says. Its `words` count where
    nothing of it is for machines."""
    found: dict[str, Bounce] = {}
    for part in parts:
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            for group in re.split(r"\r?\n[ \t]*\r?\n", read(part.body(MOST_BYTES)))[:MOST_RECIPIENTS]:
                if one := _recipient(group):
                    found.setdefault(one.address.casefold(), one)
    for address in ADDRESS.findall(failed[:5_000]):
        found.setdefault(address.casefold(), Bounce(address, action="failed"))
    return tuple(found.values())[:MOST_RECIPIENTS] or tuple(failed_in(words))


def _recipient(group: str) -> Bounce | None:
    told = {name.lower(): value.strip() for name, value in reversed(FIELD.findall(group.replace("\r\n", "\n")))}
    final = ADDRESS.search(told.get("final-recipient", ""))
    address = final or ADDRESS.search(told.get("original-recipient", ""))
    if address is None:
        return None
    code, action = CODE.search(told.get("status", "")), re.match(r"[a-z]{1,20}", told.get("action", "").lower())
    return Bounce(address[0], code[0] if code else "", action[0] if action else "")
