"""Reading raw mails: what they say, whatever client wrote them, in whatever characters. Any bytes become a letter, or a
letter that says why they could not be read.

Only the mail function has nh3, Beautiful Soup and tnefparse, from its layer.
"""

import hashlib

from chalicelib.adapters.email.mime.parser import Reading
from chalicelib.domain.email.inbound_email import FullText, InboundEmail, Verdicts
from chalicelib.usecases.ports import ParsedEmail

__all__ = ["MimeParser"]


class MimeParser:
    """The `EmailParser`: own taking apart, libraries for HTML and for Outlook's packages."""

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> ParsedEmail:
        """What a raw mail says. Whatever is wrong with it, what can be read is given; never an error."""
        digest = hashlib.sha256(raw).hexdigest()
        try:
            return Reading(raw, digest, envelope, recipients, verdicts).read()
        except (Exception, RecursionError) as wrong:  # bytes of strangers break any reader in ways no list names
            return _unreadable(digest, envelope, recipients, verdicts, type(wrong).__name__)


def _unreadable(
    digest: str, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts, wrong: str
) -> ParsedEmail:
    """A letter of which nothing but the envelope is known. Who wrote it is not; a person looks at the raw mail."""
    letter = InboundEmail(
        id="",
        sender="",
        senders=0,
        envelope=envelope or "",
        to=recipients,
        digest=digest,
        verdicts=verdicts,
        unreadable=f"The mail could not be read ({wrong}).",
    )
    return ParsedEmail(letter, FullText("", unreadable=letter.unreadable))
