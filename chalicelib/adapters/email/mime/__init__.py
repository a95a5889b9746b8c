"""Parse raw emails, whatever client wrote them, in whatever charset.

Any bytes become an email, or one that says why it could not be read. Only the email function has nh3, Beautiful Soup
and tnefparse, from its layer.
"""

import hashlib

from chalicelib.adapters.email.mime.parser import EmailReader
from chalicelib.domain.email.inbound_email import FullText, InboundEmail, Verdicts
from chalicelib.usecases.ports.email import ParsedEmail

__all__ = ["MimeParser"]


class MimeParser:
    """The `EmailParser`: our own parser for the structure, libraries for HTML and Outlook's `winmail.dat`."""

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> ParsedEmail:
        """Parse a raw email. Whatever is wrong with it, everything readable is returned; never an error."""
        digest = hashlib.sha256(raw).hexdigest()
        try:
            return EmailReader(raw, digest, envelope, recipients, verdicts).read()
        except (Exception, RecursionError) as error:  # strangers' bytes break any parser in ways no list names
            reason = f"The email could not be read ({type(error).__name__})."
            return _unreadable(digest, envelope, recipients, verdicts, reason)


def _unreadable(
    digest: str, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts, reason: str
) -> ParsedEmail:
    """An email of which only the envelope is known. A person has to look at the raw email to see who wrote it."""
    email = InboundEmail(
        id="",
        sender="",
        senders=0,
        envelope=envelope or "",
        to=recipients,
        digest=digest,
        verdicts=verdicts,
        unreadable=reason,
    )
    return ParsedEmail(email, FullText("", unreadable=email.unreadable))
