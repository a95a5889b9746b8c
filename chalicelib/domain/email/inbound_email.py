"""An inbound email: what it says, whether its sender is certain, and which case it belongs to."""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, ReplySent
from chalicelib.domain.kernel.ids import SPOKEN
from chalicelib.domain.kernel.timestamps import HOUR_MS

Verdict = Literal["pass", "fail", "gray", "none"]

Automatic = Literal["bounce", "reply", "bulk"]
"""`bounce`: a report that an email of ours was not delivered, was delayed, or was complained about; `reply`: an answer
no person wrote; `bulk`: something that was sent to many, or by a machine."""
Importance = Literal["low", "normal", "high"]

PER_SENDER = 30
"""At most this many emails of one sender are handled within the window; more is a loop or a flood."""
ANSWERS_PER_SENDER = 5
"""At most this many automatic answers are sent to one sender within the window."""
RATE_WINDOW_MS = HOUR_MS
MOST_FILES = 20
KEPT_BYTES = 60_000
"""At most this much of an email's text is on its case; the whole text is stored beside it."""
NUMBER = rf"(?<![0-9A-Z])([{SPOKEN}]{{3}}-[{SPOKEN}]{{3,6}})(?![0-9A-Z])"
HAN = "[㐀-鿿]"
KANA = "[぀-ヿ]"


class Verdicts(Struct, frozen=True):
    """What the receiving server says about an email's sender and content."""

    spf: Verdict = "none"
    dkim: Verdict = "none"
    dmarc: Verdict = "none"
    spam: Verdict = "none"
    virus: Verdict = "none"


class Attachment(Struct, frozen=True):
    """A file in an email, with the name and media type that the email gives it; its content may be something else."""

    name: str
    kind: str
    size: int


class Mailbox(Struct, frozen=True):
    """An address in a header, and the name beside it. Anybody may have written either."""

    address: str
    name: str | None = None


class Bounce(Struct, frozen=True):
    """A recipient in a delivery report (RFC 3464, 2.3)."""

    address: str
    status: str = ""
    """An enhanced status code like `5.1.1` (RFC 3463); empty if the report has none."""
    action: str = ""
    """`failed`, `delayed`, `delivered`, `relayed`, `expanded`; empty if the report has none."""


class InboundEmail(Struct, frozen=True, kw_only=True):
    """An email as it arrived. Message ids are without their angle brackets."""

    id: str
    sender: str
    """The address in `From`; empty when there is none."""
    senders: int = 1
    """How many addresses `From` has."""
    sender_name: str | None = None
    envelope: str = ""
    """The sender's address in the SMTP envelope; empty for an email that wants no answer."""
    to: tuple[str, ...] = ()
    """The recipients in the SMTP envelope. Unlike those in its headers, its sender cannot make them up."""
    subject: str = ""
    text: str = ""
    """Its new text: without quoted emails and the signature."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    automatic: Automatic | None = None
    about: tuple[str, ...] = ()
    """The ids of the emails that a bounce encloses."""
    verdicts: Verdicts = Verdicts()
    attachments: tuple[Attachment, ...] = ()
    digest: str = ""
    """The SHA-256 of what its sender wrote, in hexadecimal digits: the same email has the same id and the same digest.
    Older stored emails lack it, and all fields below."""
    ambiguous: bool = False
    """Whether `From` can be read in two ways, for instance with somebody else's address in the place of a name."""
    reply_to: tuple[Mailbox, ...] = ()
    addressed_to: tuple[Mailbox, ...] = ()
    """The recipients in its `To` header; `to` has those of the SMTP envelope."""
    cc: tuple[Mailbox, ...] = ()
    original_sender: str = ""
    """The writer, as named by a list that put itself into `From` (`X-Original-Sender`, `X-Original-From`)."""
    list_id: str = ""
    """The id of the mailing list that sent it (RFC 2919), without angle brackets."""
    forwarded_for: tuple[str, ...] = ()
    """The mailboxes that forwarded it here, and those they forwarded it to (`X-Forwarded-For`, `X-Forwarded-To`)."""
    quoted_ids: tuple[str, ...] = ()
    """The message ids in the text of an automatic email: often the only trace of the email that bounced."""
    bounced: tuple[Bounce, ...] = ()
    importance: Importance = "normal"
    """As its sender marked it."""
    left_out: int = 0
    """How many of its files were not stored."""
    unreadable: str = ""
    """Why it could not be read, or not all of it; empty if it was."""
    unproven: bool = False
    """Whether it counts as `automatic` only by signs that people's emails can have, too: its subject, or a header that
    asks machines not to answer."""

    @property
    def certain(self) -> bool:
        """Whether the email really comes from the address it names: the domain vouches for it (DMARC, RFC 7489), or, if
        the domain has no DMARC policy, the sending server was allowed to send for this very domain (SPF, RFC 7208)."""
        if self.senders != 1 or self.ambiguous:
            return False
        if self.verdicts.dmarc != "gray":
            return self.verdicts.dmarc == "pass"
        return self.verdicts.spf == "pass" and bool(self.sender) and _domain(self.envelope) == _domain(self.sender)

    @property
    def answered_ids(self) -> tuple[str, ...]:
        """The ids of the emails it answers, the newest first."""
        return tuple(dict.fromkeys((*self.about, *self.in_reply_to, *reversed(self.references))))

    @property
    def reported_ids(self) -> tuple[str, ...]:
        """The ids of the emails an automatic one may be about: those it encloses or quotes, then those it answers."""
        return tuple(dict.fromkeys((*self.about, *self.quoted_ids, *self.answered_ids)))

    @property
    def case_numbers(self) -> tuple[str, ...]:
        """The case numbers in its subject."""
        return tuple(re.findall(NUMBER, self.subject.upper()))


class EmailReceived(Struct, frozen=True, kw_only=True):
    """An inbound email with the key of the case it belongs to, if one was found."""

    letter: InboundEmail
    case: str | None = None
    files: str = ""
    """The folder of its files, until they are moved to those of its case."""
    addressed: bool = False
    """Whether it was sent to its case's own address, which is a secret."""
    address: str = ""
    """That address, as its sender wrote it; empty in older stored emails."""
    side: str = ""
    """The key of the case's side conversation that it belongs to; empty for the customer's own thread."""


class FullText(Struct, frozen=True):
    """All of an email, with what it quotes: its text, and its HTML in a sanitized form."""

    text: str
    html: str | None = None
    left_out: int = 0
    """How many of its files were not stored; they are in the raw email."""
    unreadable: str = ""
    """Why it could not be read, or not all of it; empty if it was."""


def goes_out_by_email(case: Case | None, event: Event) -> bool:
    """Whether the customer gets an email about this event.

    They get one about an agent's reply, if the customer wrote by email or the agent replied by email, unless the reply
    was sent to them as well; and about the opening of a case, if its customer certainly wrote the email that opened it.
    Replies from another help desk are not sent again: it emailed them itself. Nor are those that were taken from
    another case.
    """
    if case is None or case.historical:
        return False
    fact = event.fact
    if isinstance(fact, CaseOpened):
        ref = fact.mail
        return ref is not None and ref.certain and not ref.automatic and ref.author == "customer"
    if not isinstance(fact, ReplySent) or fact.moved_from is not None:
        return False
    return not fact.had if fact.mail is not None else case.email.by_mail and event.receipt is None


def detect_language(text: str, otherwise: str) -> str:
    """The language of a text as far as its script shows it: Japanese by kana, Chinese by Chinese characters.

    A text with neither is not Chinese; for it, and for what the script cannot tell apart, `otherwise` decides.
    """
    if re.search(KANA, text):
        return "ja"
    if re.search(HAN, text):
        return otherwise if otherwise.startswith("zh") else "zh"
    return "en" if otherwise.startswith("zh") else otherwise


def message_ids_in(text: str) -> Iterator[str]:
    """The message ids in a header, without their angle brackets."""
    return iter(re.findall(r"<([!-;=?-~]{1,250})>", text[:20_000]))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
