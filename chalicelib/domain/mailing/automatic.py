"""Mails no person wrote: answers of machines, reports on mails of ours, and what is sent to many.

What is said by headers counts first (RFC 3834, RFC 3464, RFC 6522); many programs say it in their own way, or only in
the subject (`automatic_subjects`). A mail that merely speaks of such things is a person's.
"""

import re
from collections.abc import Mapping

from chalicelib.domain.letters import Automatic
from chalicelib.domain.mailing.automatic_subjects import BOUNCES, PREFIXES, SAID_WITHIN, WITH_COLON_ONLY

ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-auto-reply", "x-auto-response",
           "x-autoreply-from", "x-mail-autoreply", "x-qq-auto-reply", "x-vacation", "x-away")  # fmt: skip
"""Headers of programs that answer for people: present, and not a no (osTicket, zammad, cPanel, DirectAdmin, QQ)."""
NO = {"", "no", "false", "0", "none"}
LISTS = ("list-id", "list-unsubscribe", "list-post", "list-help", "x-mailing-list", "x-campaign", "x-campaign-id",
         "x-mc-user", "x-cron-env", "x-auto-generated")  # fmt: skip
"""Headers of what is sent to many (RFC 2919, RFC 2369) or by a machine. `Feedback-ID` is none: SES and others write it
into every mail."""
READ_HEADERS = frozenset((
    *ANSWERS, *LISTS, "auto-submitted", "precedence", "x-precedence", "x-apple-action", "x-auto-response-suppress",
    "delivered-to", "x-failed-recipients", "x-ms-exchange-generated-message-source", "x-original-sender",
    "x-original-from", "x-google-group-id", "reply-to", "from", "subject", "return-path",
))  # fmt: skip
"""The headers these rules look at."""
DAEMON = re.compile(r"(^|[\s<\"])(mailer-daemon|mail-daemon|mdaemon)([@\s>\"]|$)", re.IGNORECASE)
POSTMASTER = re.compile(
    r"(^|[\s<\"])(postmaster|mail delivery (sub)?system|microsoftexchange[0-9a-f]{20,40})([@\s>\"]|$)", re.IGNORECASE
)
BEHIND = r"\s*(?:[\]】)）»:：;!！(（\[【–—]|-\s|$)"
WORDS = {word.casefold() for told in PREFIXES.values() for word, _ in told}


def _one_of(words: set[str], behind: str) -> re.Pattern[str]:
    told = "|".join(re.escape(one).replace("\\ ", r"\s{1,3}") for one in sorted(words, key=len, reverse=True))
    return re.compile(rf"[\s\[【(（\"«*]{{0,4}}(?:{told}){behind}")


AWAY = _one_of(WORDS - WITH_COLON_ONLY, BEHIND)
AWAY_WITH_COLON = _one_of(set(WITH_COLON_ONLY), r"\s*[:：]")
AWAY_WITHIN = re.compile(SAID_WITHIN, re.IGNORECASE)
RETURNED = re.compile("|".join(re.escape(one) for one in BOUNCES), re.IGNORECASE)


def automatic_kind(headers: Mapping[str, str], envelope: str | None, report: str | None) -> Automatic | None:
    """What kind of automatic mail this is; None for one that a person wrote.

    `headers` by small name; `envelope` is None where it is not known; `report` is the type of a `multipart/report`,
    None for what is none, empty where it does not say.
    """
    told = {name: " ".join(value.split()).casefold() for name, value in headers.items()}
    if report in ("delivery-status", "feedback-report"):
        return "bounce"
    null = is_null(envelope)
    if DAEMON.search(told.get("from", "")) or told.get("x-failed-recipients"):
        return "bounce"
    signs = (POSTMASTER.search(told.get("from", "")), RETURNED.match(told.get("subject", "")))
    if all(signs) or (null and any(signs)):
        return "bounce"
    if report is not None or null or _answers(told) or is_away(told.get("subject", "")):
        return "reply"
    return "bulk" if _is_bulk(told) else None


def is_null(envelope: str | None) -> bool:
    """Whether a mail came without a sender to answer (RFC 5321, 4.5.5), however that is told."""
    if envelope is None:
        return False
    clean = envelope.strip().strip("<>").strip().casefold()
    return not clean or clean.partition("@")[0] in ("mailer-daemon", "mail-daemon")


def is_away(subject: str) -> bool:
    """Whether a subject begins as automatic answers do."""
    clean = " ".join(subject.split()).casefold()[:500]
    return bool(AWAY.match(clean) or AWAY_WITH_COLON.match(clean) or AWAY_WITHIN.match(clean))


def _answers(told: Mapping[str, str]) -> bool:
    submitted = _submitted(told)
    if submitted.startswith("auto-replied") or "vacation" in told.get("x-apple-action", ""):
        return True
    if any(told.get(name, "no") not in NO for name in ANSWERS) or told.get("delivered-to", "").startswith(
        "autoresponder"
    ):
        return True
    if re.match(r"auto[-_ ]?(reply|replied|response)", _precedence(told)):
        return True
    if "rules agent" in told.get("x-ms-exchange-generated-message-source", ""):
        return True
    return _suppresses(told) and not _relays(told)


def _suppresses(told: Mapping[str, str]) -> bool:
    """Whether a mail wants no answer by any machine: Exchange writes `All` into its automatic answers and notices, and
    people's programs do not; less than that people's mails have, too (MS-OXCMAIL 2.2.3.2.14; zammad, osTicket)."""
    asked = set(re.split(r"[\s,;]+", told.get("x-auto-response-suppress", "")))
    return "all" in asked or {"oof", "autoreply"} <= asked


def _relays(told: Mapping[str, str]) -> bool:
    """Whether somebody else is to be answered: then a form or a relay sent it for a person."""
    return bool(told.get("reply-to")) and told["reply-to"] not in told.get("from", "")


def _is_bulk(told: Mapping[str, str]) -> bool:
    if _submitted(told) not in NO:
        return True
    if told.get("x-original-sender") or told.get("x-original-from") or told.get("x-google-group-id"):
        return _precedence(told) in ("bulk", "junk")  # the marks of a list are the group's, which somebody wrote to
    return any(told.get(name) for name in LISTS) or _precedence(told) in ("bulk", "list", "junk")


def _submitted(told: Mapping[str, str]) -> str:
    return re.split(r"[;(\s]", told.get("auto-submitted", "no"))[0]


def _precedence(told: Mapping[str, str]) -> str:
    return told.get("precedence") or told.get("x-precedence", "")
