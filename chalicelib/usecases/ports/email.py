"""What use cases need for email: sending it, parsing it, finding its case, and rendering the pages customers see."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from chalicelib.domain.email.inbound_email import FullText, InboundEmail, Verdicts
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.notifications.templates import MailTemplate, Spoken
from chalicelib.usecases.ports.cases import RetryLater


class Mail(Struct, frozen=True, kw_only=True):
    """An outgoing email, as text and as HTML."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = {}
    reply_to: str | None = None
    copy: tuple[str, ...] = ()
    """The addresses in `Cc`, which every recipient sees."""
    about: str | None = None
    """What an answer to this email belongs to: the key of a case, and behind it that of a side conversation, if it is
    part of one."""


class MailRejected(Exception):
    """The email was not sent and never will be: its address or its content was refused."""


class MailDelayed(RetryLater):
    """The email was not sent, but a retry may succeed: sending is throttled or paused."""


class MailUnconfirmed(Exception):
    """It is not known whether the email was sent, so a retry could send it twice."""


class Mailer(Protocol):
    """Sends email."""

    def send(self, mail: Mail) -> str:
        """Send an email and return the message id the mail server gave it. Sends again when it is called again.

        Raises MailRejected, MailDelayed or MailUnconfirmed, which say whether the email was sent.
        """

    def is_verified(self, address: str) -> bool:
        """Whether we may send from this address: it, its domain or a parent domain is a verified identity.

        False for an address the mail server does not accept; other errors of the service are raised as they are.
        """


class Threads(Protocol):
    """Remembers which case an email belongs to, by the email's message id (without angle brackets). A case stands for
    itself, or for one of its side conversations (`thread_key`)."""

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> bool:
        """Save that the email with this id belongs to the case with this key, and whether we sent it (`ours`).

        `now` is in milliseconds since the epoch; the entry expires about a year later. Saving the same pair again
        changes nothing. An id that several cases share keeps all of them, up to a limit; the rest are ignored. Returns
        whether this pair was added now; of several who save it at once, one is told so at most.
        """

    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]:
        """The keys of the cases these emails belong to, each once, in the order of the ids; empty for unknown ids.

        With `only_ours`, only emails that we sent count.
        """


class ParsedEmail(Struct, frozen=True):
    """A parsed email: its headers and new text, its whole text, and its files in the order of its attachments."""

    email: InboundEmail
    whole: FullText
    files: tuple[bytes, ...] = ()


class EmailParser(Protocol):
    """Parses raw emails."""

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> ParsedEmail:
        """Parse an email (RFC 5322) from its bytes, and add what the receiving server knows about it.

        `envelope` is the sender's address in the SMTP envelope: empty for an email that takes no answer, None where
        it is not known. Raises nothing: an email that cannot be parsed comes back empty, with `unreadable` saying why.
        """


class Filled(NamedTuple):
    """A filled text, and the names of the values that it lacks."""

    text: str
    missing: list[str]


class PageRenderer(Protocol):
    """Renders pages and emails from templates."""

    def render(self, template: str, language: str, /, **values: Any) -> str:
        """Fill one of our own templates with these values, in the language nearest to the one asked for.

        A template that does not exist, or that names a value which is missing, is a programming error and raises.
        """

    def speaks(self, language: str | None) -> Spoken:
        """The language in which we answer somebody with this language tag; English when there is none."""

    def filled(self, template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]:
        """The subject, text and HTML of an email from a shop's own template.

        Raises when the template uses a value it may not use; `fault` finds that beforehand.
        """

    def fill(self, source: str, values: Mapping[str, str | None], language: str) -> Filled:
        """A macro's text with these values; where it needs one that is not known (None), it has a gap (`⟦…⟧`).

        Raises as `filled`.
        """

    def fault(self, source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
        """The first error in a shop's own template that may use these names: its line, counted from 1, and what is
        wrong. None when the template is valid."""

    def text(self, phrase: str, language: str, /, **values: Any) -> str:
        """One of our phrases by its name, filled with these values, in the language nearest to the one asked for.

        An unknown phrase is a programming error and raises KeyError.
        """
