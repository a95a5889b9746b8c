"""What the head of a mail says, in readable characters: who wrote to whom, over what, and how important it is."""

import re
from functools import cached_property

from chalicelib.adapters.email.mime.encoded_words import decoded_words
from chalicelib.adapters.email.mime.headers import Head
from chalicelib.adapters.email.mime.senders import Sender, mailboxes, sender_of
from chalicelib.domain.email.inbound_email import Importance, Mailbox, ids_in
from chalicelib.domain.email.parsing.automatic import READ_HEADERS
from chalicelib.domain.email.parsing.characters import read


class Heading:
    """A mail's head, read with the charsets that the rest of the mail names."""

    def __init__(self, head: Head, hints: tuple[str | None, ...]) -> None:
        self.head, self.hints = head, hints
        self.charset = next((one for one in hints if one), None)
        """What the mail is written in, for headers that do not say."""

    def text(self, name: str) -> str:
        """The first header of a name in readable characters; empty where there is none."""
        return decoded_words(self.plain(name), self.charset)

    def plain(self, name: str) -> str:
        """The same with its encoded words as they stand."""
        return self._as_text(self.head.raw(name))

    @property
    def id(self) -> str:
        """The mail's own id, also where its brackets are missing."""
        told = self.plain("message-id")
        found = next(ids_in(told), None) or next(ids_in(f"<{told.strip(' <>')}>"), "")
        return found if "@" in found or "<" in told else ""

    def told(self) -> dict[str, str]:
        """The headers that say whether a person wrote."""
        found = {name: self.text(name) for name in READ_HEADERS if self.head.raws(name)}
        delivered = ", ".join(map(self._as_text, reversed(self.head.raws("delivered-to"))))
        return found | {"x-original-sender": self.original, "delivered-to": delivered}

    def sender(self) -> Sender:
        """Whom `From` names."""
        return sender_of(map(self._as_text, self.head.raws("from")), self.charset)

    def mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        """The people the headers of a name name."""
        return mailboxes(map(self._as_text, self.head.raws(name)), self.charset)

    def _address(self, name: str) -> str:
        return next((one.address for one in self.mailboxes(name)), "")

    @cached_property
    def original(self) -> str:
        """Who wrote what came over a list that put itself into `From`: as Google Groups says, else, as Mailman does,
        whom it is to be answered to (`Amy via Help <help@shop>`)."""
        names = ("x-original-sender", "x-original-from", "original-from", "x-mailman-original-from")
        told = next((found for name in names if (found := self._address(name))), "")
        if told or not self.head.raws("list-id") or not re.search(r"\bvia\b", self.text("from")):
            return told
        answered = [one.address for one in self.mailboxes("reply-to") if one.address not in self.text("from")]
        return answered[0] if len(answered) == 1 else ""

    def forwarded(self) -> tuple[str, ...]:
        """Through whose mailboxes it came, and to which."""
        names = ("x-forwarded-for", "x-forwarded-to", "x-original-to", "delivered-to")
        told = (self._as_text(one).replace(" ", ",") for name in names for one in self.head.raws(name))
        return tuple(dict.fromkeys(box.address for one in told for box in mailboxes([one], None)))[:20]

    def importance(self) -> Importance:
        """How its sender sees it: X-Priority 1 or 2 is high, 4 or 5 low (RFC 4021 names Importance and Priority)."""
        told = [self.text(one).lower() for one in ("x-priority", "importance", "priority", "x-msmail-priority")]
        if told[0][:1] in ("1", "2") or any(one.startswith(("high", "urgent")) for one in told):
            return "high"
        low = told[0][:1] in ("4", "5") or any(one.startswith(("low", "non-urgent")) for one in told)
        return "low" if low else "normal"

    def _as_text(self, raw: bytes) -> str:
        return read(raw, None, self.hints)
