"""Read the headers of an email: who wrote to whom, about what, and how important it is."""

import re
from functools import cached_property

from chalicelib.adapters.email.mime.encoded_words import decode_words
from chalicelib.adapters.email.mime.headers import Head
from chalicelib.adapters.email.mime.senders import Sender, mailboxes, sender_of
from chalicelib.domain.email.inbound_email import Importance, Mailbox, message_ids_in
from chalicelib.domain.email.parsing.automatic import READ_HEADERS
from chalicelib.domain.email.parsing.characters import decode_text

ORIGINAL_SENDERS = ("x-original-sender", "x-original-from", "original-from", "x-mailman-original-from")
FORWARDED_FOR = ("x-forwarded-for", "x-forwarded-to", "x-original-to", "delivered-to")


class EmailHeaders:
    """The headers of an email, decoded with the help of the charsets that the rest of the email names."""

    def __init__(self, head: Head, hints: tuple[str | None, ...]) -> None:
        self.head = head
        self.hints = hints
        self.charset = next((hint for hint in hints if hint), None)
        """The charset of the email, for headers that declare none."""

    def text(self, name: str) -> str:
        """The decoded text of the first header with a name; empty if there is none."""
        return decode_words(self.plain(name), self.charset)

    def plain(self, name: str) -> str:
        """The text of the first header with a name, with its encoded words as they are."""
        return self._as_text(self.head.raw(name))

    @property
    def id(self) -> str:
        """The email's own message id, even if its angle brackets are missing."""
        header = self.plain("message-id")
        message_id = next(message_ids_in(header), None) or next(message_ids_in(f"<{header.strip(' <>')}>"), "")
        return message_id if "@" in message_id or "<" in header else ""

    def for_classification(self) -> dict[str, str]:
        """The headers that show whether a person wrote the email."""
        headers = {name: self.text(name) for name in READ_HEADERS if self.head.raws(name)}
        delivered = ", ".join(map(self._as_text, reversed(self.head.raws("delivered-to"))))
        return headers | {"x-original-sender": self.original_sender, "delivered-to": delivered}

    def sender(self) -> Sender:
        """The sender in `From`."""
        return sender_of(map(self._as_text, self.head.raws("from")), self.charset)

    def mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        """The people in the headers with a name."""
        return mailboxes(map(self._as_text, self.head.raws(name)), self.charset)

    def _address(self, name: str) -> str:
        return next((mailbox.address for mailbox in self.mailboxes(name)), "")

    @cached_property
    def original_sender(self) -> str:
        """The writer of an email from a list that put itself into `From`.

        Google Groups names the writer in a header of its own, Mailman in `Reply-To` (`Amy via Help <help@shop>`).
        """
        original = next((address for name in ORIGINAL_SENDERS if (address := self._address(name))), "")
        if original or not self.head.raws("list-id") or not re.search(r"\bvia\b", self.text("from")):
            return original
        answer_to = [
            mailbox.address for mailbox in self.mailboxes("reply-to") if mailbox.address not in self.text("from")
        ]
        return answer_to[0] if len(answer_to) == 1 else ""

    def forwarded_for(self) -> tuple[str, ...]:
        """The mailboxes that forwarded the email, and those they forwarded it to."""
        headers = (self._as_text(raw).replace(" ", ",") for name in FORWARDED_FOR for raw in self.head.raws(name))
        addresses = (mailbox.address for header in headers for mailbox in mailboxes([header], None))
        return tuple(dict.fromkeys(addresses))[:20]

    def importance(self) -> Importance:
        """The importance its sender gave it: X-Priority 1 or 2 is high, 4 or 5 low (RFC 4021 has Importance and
        Priority)."""
        values = [self.text(name).lower() for name in ("x-priority", "importance", "priority", "x-msmail-priority")]
        x_priority = values[0][:1]
        if x_priority in ("1", "2") or any(value.startswith(("high", "urgent")) for value in values):
            return "high"
        is_low = x_priority in ("4", "5") or any(value.startswith(("low", "non-urgent")) for value in values)
        return "low" if is_low else "normal"

    def _as_text(self, raw: bytes) -> str:
        return decode_text(raw, None, self.hints)
