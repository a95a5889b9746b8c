"""Read reports on our emails: which they are about, and whom they did not reach (RFC 3464, RFC 5965, RFC 8098)."""

import re
from collections.abc import Iterator

from chalicelib.adapters.email.mime.bounce_reports import find_failed_recipients
from chalicelib.adapters.email.mime.headers import head_at
from chalicelib.adapters.email.mime.structure import Part
from chalicelib.domain.email.inbound_email import Bounce, message_ids_in
from chalicelib.domain.email.parsing.characters import decode_text

MOST_RECIPIENTS = 50
MOST_BYTES = 100_000
LONGEST_TEXT = 400_000
REPORT_TYPES = ("delivery-status", "feedback-report", "disposition-notification")
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


def report_type(message: Part) -> str | None:
    """The type of a `multipart/report`, by its parts if it does not say; None for an email that is no report."""
    kinds = {part.kind for part in message.children}
    if message.kind != "multipart/report" and "message/feedback-report" not in kinds:
        return None
    declared = message.content_parameters.word("report-type")
    if declared in REPORT_TYPES:
        return declared
    present = [kind for kind in REPORT_TYPES if f"message/{kind}" in kinds or f"message/global-{kind}" in kinds]
    return present[-1] if present else declared


def enclosed_message_ids(parts: list[Part]) -> Iterator[str]:
    """The ids of the emails that a report encloses, whole or only their headers, or names (RFC 6522, RFC 8098)."""
    for part in parts:
        if part.kind in ("message/rfc822", "message/global") and part.children:
            yield from message_ids_in(part.children[0].head.raw("message-id").decode("utf-8", "replace"))
        elif part.kind in ("text/rfc822-headers", "message/global-headers"):
            data = part.body(MOST_BYTES)
            head, _ = head_at(data, 0, len(data))
            yield from message_ids_in(head.raw("message-id").decode("utf-8", "replace"))
        elif part.kind in ("message/disposition-notification", "message/global-disposition-notification"):
            yield from quoted_ids(decode_text(part.body(MOST_BYTES)))


def quoted_ids(text: str) -> tuple[str, ...]:
    """The ids of emails whose headers are in a text: qmail, Exim and others return emails in this way."""
    ids = (message_id for header in QUOTED_ID.findall(text[:LONGEST_TEXT]) for message_id in message_ids_in(header))
    return tuple(dict.fromkeys(ids))[:20]


def bounced_recipients(parts: list[Part], failed: str, words: str) -> tuple[Bounce, ...]:
    """The recipients in a delivery report. `failed` is the value of `X-Failed-Recipients`; the `words` of the report
    count only if it has nothing for machines."""
    recipients: dict[str, Bounce] = {}
    for part in parts:
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            for bounce in _recipients_of(part):
                recipients.setdefault(bounce.address.casefold(), bounce)
    for address in ADDRESS.findall(failed[:5_000]):
        recipients.setdefault(address.casefold(), Bounce(address, action="failed"))
    return tuple(recipients.values())[:MOST_RECIPIENTS] or tuple(find_failed_recipients(words))


def _recipients_of(part: Part) -> Iterator[Bounce]:
    groups = re.split(r"\r?\n[ \t]*\r?\n", decode_text(part.body(MOST_BYTES)))
    for group in groups[:MOST_RECIPIENTS]:
        if bounce := _recipient(group):
            yield bounce


def _recipient(group: str) -> Bounce | None:
    """The recipient in a group of fields, if it names one."""
    fields = {name.lower(): value.strip() for name, value in reversed(FIELD.findall(group.replace("\r\n", "\n")))}
    final = ADDRESS.search(fields.get("final-recipient", ""))
    address = final or ADDRESS.search(fields.get("original-recipient", ""))
    if address is None:
        return None
    code = CODE.search(fields.get("status", ""))
    action = re.match(r"[a-z]{1,20}", fields.get("action", "").lower())
    return Bounce(address[0], code[0] if code else "", action[0] if action else "")
