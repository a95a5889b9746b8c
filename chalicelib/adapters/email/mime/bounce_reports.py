"""Whom a delivery report in plain words says that mail did not reach: qmail, Exim, Postfix, sendmail, Exchange, QQ.

Such reports have no part for machines (RFC 3464). Each says an address and, beside it or once for all, an enhanced
status code (RFC 3463) or that nobody will try again. Whether the address is anybody's, and the mail ours, others check.
"""

import re

from chalicelib.domain.email.inbound_email import Bounce

MOST_TEXT, MOST_RECIPIENTS = 30_000, 50
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
CODE = re.compile(r"(?<![0-9.])([45]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9]|\.[0-9])")
RETURNED = re.compile(r"^[>\s|]{0,10}(?:received|return-path|mime-version|dkim-signature)\s?:", re.IGNORECASE | re.M)
"""Where the head of the mail that is given back begins; what stands there tells of no failure."""
ADDRESSED = re.compile(r"^[>\s|]{0,10}(?:from|to|cc|message-id)\s?:", re.IGNORECASE | re.MULTILINE)
FOR_GOOD = re.compile(
    r"\b55[0134]\b|failed permanently|permanent (?:fatal )?(?:error|failure)|fatal errors?|"
    r"(?:could ?n[o'’]t|can ?n[o'’]t|could not|cannot) be (?:delivered|found)|was ?n['’]t found|"
    r"unknown user|user unknown|no such user|does ?n['’]t exist|does not exist|unrouteable address|undeliverable|"
    r"mailbox (?:unavailable|not found)|"
    r"不存在|无法送达|无法投递|無法送達|無法投遞|退信|被退回|konnte nicht zugestellt|nicht zustellbar|"
    r"n['’]a pas pu être (?:remis|distribué)|no se (?:ha podido|pudo) entregar|"
    r"non è stato possibile (?:recapitare|consegnare)|"
    r"配信できません|配信されません|存在しません|見つかりません",
    re.IGNORECASE,
)
"""What says, where no code does, that a delivery was given up."""
FOR_NOW = re.compile(
    r"delay|will (?:be )?retr|keep trying|still being|not yet been|temporar|warning message only|"
    r"(?:mailbox|inbox) (?:is )?full|over quota|quota exceeded|verzögert|vorübergehend|"
    r"稍后|重试|延迟|已满|稍後|延遲|已滿",
    re.IGNORECASE,
)
"""What says that it was not, or may work on another day."""


def failed_in(text: str) -> list[Bounce]:
    """The addresses a report's words say it could not deliver to, for good."""
    notice = _before(RETURNED, text[:MOST_TEXT])
    places = list(ADDRESS.finditer(_before(ADDRESSED, notice)))
    overall = CODE.findall(notice)
    given_up = not FOR_NOW.search(notice) and not any(one.startswith("4") for one in overall)
    otherwise = next(iter(overall), "") if given_up and (overall or FOR_GOOD.search(notice)) else None
    found: dict[str, Bounce] = {}
    for address, codes in _beside(notice, places).items():
        code = next((one for one in codes if one.startswith("4")), None) or next(iter(codes), otherwise)
        if code is not None and not code.startswith("4"):
            found[address] = Bounce(address, code, "failed")
    return list(found.values())[:MOST_RECIPIENTS]


def _before(mark: re.Pattern[str], text: str) -> str:
    found = mark.search(text)
    return text[: found.start()] if found else text


def _beside(notice: str, places: list[re.Match[str]]) -> dict[str, list[str]]:
    """The codes between each address and the next other one, and those before it on its line."""
    told: dict[str, list[str]] = {}
    for at, one in enumerate(places):
        address = one[0].casefold()
        end = next((other.start() for other in places[at + 1 :] if other[0].casefold() != address), len(notice))
        begin = max(notice.rfind("\n", 0, one.start()) + 1, places[at - 1].end() if at else 0)
        told.setdefault(address, []).extend(CODE.findall(notice[begin:end]))
    return told
