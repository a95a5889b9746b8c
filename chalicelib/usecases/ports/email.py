"""What is needed of mail, coming in and going out, and of the pages customers see."""

from collections.abc import Iterable
from typing import Any, Protocol

from msgspec import Struct

from chalicelib.domain.email.inbound_email import FullText, InboundEmail, Verdicts
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.notifications.templates import MailTemplate, Spoken
from chalicelib.usecases.ports.cases import RetryLater


class Mail(Struct, frozen=True, kw_only=True):
    """A mail in both its forms."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = {}
    reply_to: str | None = None
    copy: tuple[str, ...] = ()
    """Who else gets it, for all to see."""
    about: str | None = None
    """The key of the case an answer to it belongs to."""


class MailRejected(Exception):
    """The mail did not leave, and will not: the address or the content was refused."""


class MailDelayed(RetryLater):
    """The mail did not leave, and may when tried again: throttled, paused."""


class MailUnconfirmed(Exception):
    """Whether the mail left is not known; sending it again could send it twice."""


class Mailer(Protocol):
    """Outgoing mail."""

    def send(self, mail: Mail) -> str:
        """Hand it over and give its message id."""

    def is_verified(self, address: str) -> bool: ...


class Threads(Protocol):
    """Which case a mail belongs to, by its message id."""

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> None: ...
    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]: ...


class ParsedEmail(Struct, frozen=True):
    """A letter that was read: what it is, all it says, and its files in the order of its attachments."""

    letter: InboundEmail
    whole: FullText
    files: tuple[bytes, ...] = ()


class EmailParser(Protocol):
    """Reading raw mails."""

    def read(
        self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts
    ) -> ParsedEmail: ...


class PageRenderer(Protocol):
    """Pages and mails from templates."""

    def render(self, template: str, language: str, /, **values: Any) -> str: ...
    def speaks(self, language: str | None) -> Spoken: ...
    def filled(self, template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]: ...
    def fault(self, source: str, names: tuple[str, ...]) -> tuple[int, str] | None: ...
    def text(self, phrase: str, language: str, /, **values: Any) -> str: ...
