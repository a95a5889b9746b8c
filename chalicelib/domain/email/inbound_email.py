"""A letter: a mail as it came in. What it is, whether its sender is certain, and which case it belongs to."""

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
"""A report on a mail of ours: not delivered, delayed, or complained about; an answer no person wrote; something sent to
many, or by a machine."""
Importance = Literal["low", "normal", "high"]

PER_SENDER, WINDOW = 30, HOUR_MS
"""So many letters an hour of one sender are taken in; more is a loop, or a flood."""
ANSWERS_PER_SENDER = 5
"""So many automatic answers an hour one sender gets."""
MOST_FILES = 20
KEPT_BYTES = 60_000
"""So much of a letter's text stands in its case; the whole is kept beside it."""
NUMBER = rf"(?<![0-9A-Z])([{SPOKEN}]{{3}}-[{SPOKEN}]{{3,6}})(?![0-9A-Z])"
HAN, KANA = "[㐀-鿿]", "[぀-ヿ]"


class Verdicts(Struct, frozen=True):
    """What the receiving server found of a letter's sender and content."""

    spf: Verdict = "none"
    dkim: Verdict = "none"
    dmarc: Verdict = "none"
    spam: Verdict = "none"
    virus: Verdict = "none"


class Attachment(Struct, frozen=True):
    """A file in a letter: what it is called, and what it says it is. What it really is shows when it is looked at."""

    name: str
    kind: str
    size: int


class Mailbox(Struct, frozen=True):
    """An address as it stands in a header, with the name beside it. Anybody may have written either."""

    address: str
    name: str | None = None


class Bounce(Struct, frozen=True):
    """A recipient a delivery report speaks of (RFC 3464, 2.3)."""

    address: str
    status: str = ""
    """An enhanced status code like `5.1.1` (RFC 3463); empty where none is told."""
    action: str = ""
    """`failed`, `delayed`, `delivered`, `relayed`, `expanded`; empty where none is told."""


class InboundEmail(Struct, frozen=True, kw_only=True):
    """A mail as it came in. Message ids stand without their brackets."""

    id: str
    sender: str
    """The address in `From`; empty when there is none."""
    senders: int = 1
    """How many addresses `From` has."""
    sender_name: str | None = None
    envelope: str = ""
    """The address that was given to the server as its sender; empty for what wants no answer."""
    to: tuple[str, ...] = ()
    """Whom the server took it in for; whom it names by itself, anybody may have written."""
    subject: str = ""
    text: str = ""
    """What is new in it: without quotes and signature."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    automatic: Automatic | None = None
    about: tuple[str, ...] = ()
    """The ids of the mails a bounce gives back."""
    verdicts: Verdicts = Verdicts()
    attachments: tuple[Attachment, ...] = ()
    digest: str = ""
    """The SHA-256 of its bytes, in hexadecimal digits: the same mail has the same id and the same digest. Empty in
    letters of before it was kept, like everything below."""
    ambiguous: bool = False
    """Whether `From` can be read in two ways, as with another's address in the place of a name."""
    reply_to: tuple[Mailbox, ...] = ()
    addressed_to: tuple[Mailbox, ...] = ()
    """Whom its `To` names; `to` is whom the server took it in for."""
    cc: tuple[Mailbox, ...] = ()
    original_sender: str = ""
    """The address a list that wrote itself into `From` says it comes from (`X-Original-Sender`, `X-Original-From`)."""
    list_id: str = ""
    """What the list it came over calls itself (RFC 2919), without brackets."""
    forwarded_for: tuple[str, ...] = ()
    """Whose mailboxes forwarded it here, and where to (`X-Forwarded-For`, `X-Forwarded-To`)."""
    quoted_ids: tuple[str, ...] = ()
    """The message ids an automatic mail quotes in its text: of many a bounce the only trace of what it is about."""
    bounced: tuple[Bounce, ...] = ()
    importance: Importance = "normal"
    """As its sender sees it."""
    left_out: int = 0
    """How many more files it has than are kept."""
    unreadable: str = ""
    """Why it could not be read, or not all of it; empty when it was."""
    unproven: bool = False
    """Whether it is `automatic` by what people's mails have, too: a subject, or a wish that machines do not answer."""

    @property
    def certain(self) -> bool:
        """Whether the letter is of whom it names: the domain vouches for it (DMARC, RFC 7489), or, where the domain has
        no word on that, its sender's server was allowed to send for this very domain (SPF, RFC 7208)."""
        if self.senders != 1 or self.ambiguous:
            return False
        if self.verdicts.dmarc != "gray":
            return self.verdicts.dmarc == "pass"
        return self.verdicts.spf == "pass" and bool(self.sender) and _domain(self.envelope) == _domain(self.sender)

    @property
    def before(self) -> tuple[str, ...]:
        """The ids of the mails it answers, the nearest first."""
        return tuple(dict.fromkeys((*self.about, *self.in_reply_to, *reversed(self.references))))

    @property
    def returned(self) -> tuple[str, ...]:
        """The ids of the mails an automatic one may be about: those it encloses or quotes, then those it answers."""
        return tuple(dict.fromkeys((*self.about, *self.quoted_ids, *self.before)))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of cases its subject names."""
        return tuple(re.findall(NUMBER, self.subject.upper()))


class EmailReceived(Struct, frozen=True, kw_only=True):
    """A letter with the key of the case it belongs to, where one was found."""

    letter: InboundEmail
    case: str | None = None
    files: str = ""
    """Where its files wait to be taken along."""
    addressed: bool = False
    """It was sent to its case's own address, which is a secret."""
    address: str = ""
    """That address, as it was written to; empty in letters of before it was kept."""


class FullText(Struct, frozen=True):
    """All a letter says, quotes included: its text, and its HTML without what could do anything."""

    text: str
    html: str | None = None
    left_out: int = 0
    """How many more files came with it than are kept; they are in the mail as it came."""
    unreadable: str = ""
    """Why it could not be read, or not all of it; empty when it was."""


def goes_out_by_email(case: Case | None, event: Event) -> bool:
    """Whether the customer gets a mail of this event: of an agent's reply to what came by mail, or by mail, unless it
    was sent to them as well; and of the opening, if its customer wrote it, and for certain. What an outside desk
    replied, it mailed by itself."""
    if case is None or case.historical:
        return False
    fact = event.fact
    if isinstance(fact, CaseOpened):
        return (
            fact.mail is not None and fact.mail.certain and not fact.mail.automatic and fact.mail.author == "customer"
        )
    if not isinstance(fact, ReplySent):
        return False
    return not fact.had if fact.mail is not None else case.email.by_mail and event.receipt is None


def language_of(text: str, otherwise: str) -> str:
    """The language a text is written in, as far as its signs tell: Japanese by its kana, Chinese by its characters;
    what has neither is not Chinese."""
    if re.search(KANA, text):
        return "ja"
    if re.search(HAN, text):
        return otherwise if otherwise.startswith("zh") else "zh"
    return "en" if otherwise.startswith("zh") else otherwise


def ids_in(text: str) -> Iterator[str]:
    """The message ids in a header, without their brackets."""
    return iter(re.findall(r"<([!-;=?-~]{1,250})>", text[:20_000]))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
