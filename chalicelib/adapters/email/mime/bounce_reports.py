"""Find the failed recipients in a delivery report in plain words: qmail, Exim, Postfix, sendmail, Exchange, QQ.

Such reports lack the part for machines (RFC 3464). Each names an address and, beside it or once for all addresses, an
enhanced status code (RFC 3463), or words that say that delivery was given up. Whether the address is a customer's and
the email ours is checked elsewhere.
"""

import re

from chalicelib.domain.email.inbound_email import Bounce

MOST_TEXT = 30_000
MOST_RECIPIENTS = 50
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
CODE = re.compile(r"(?<![0-9.])([45]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9]|\.[0-9])")
RETURNED = re.compile(r"^[>\s|]{0,10}(?:received|return-path|mime-version|dkim-signature)\s?:", re.IGNORECASE | re.M)
"""The beginning of the headers of the returned email; codes below it mean no failure."""
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
"""Words that say that delivery was given up, if no code does."""
FOR_NOW = re.compile(
    r"delay|will (?:be )?retr|keep trying|still being|not yet been|temporar|warning message only|"
    r"(?:mailbox|inbox) (?:is )?full|over quota|quota exceeded|verzögert|vorübergehend|"
    r"稍后|重试|延迟|已满|稍後|延遲|已滿",
    re.IGNORECASE,
)
"""Words that say that delivery is still tried, or may work on another day."""


def find_failed_recipients(text: str) -> list[Bounce]:
    """The addresses to which delivery failed for good, by the words of a report."""
    notice = _before(RETURNED, text[:MOST_TEXT])
    addresses = list(ADDRESS.finditer(_before(ADDRESSED, notice)))
    general = _general_code(notice)
    failed: dict[str, Bounce] = {}
    for address, codes in _codes_by_address(notice, addresses).items():
        temporary = next((code for code in codes if code.startswith("4")), None)
        code = temporary or next(iter(codes), general)
        if code is not None and not code.startswith("4"):
            failed[address] = Bounce(address, code, "failed")
    return list(failed.values())[:MOST_RECIPIENTS]


def _general_code(notice: str) -> str | None:
    """The status code for addresses that have none beside them; empty if only words say that delivery was given up,
    None if nothing does."""
    codes = CODE.findall(notice)
    if FOR_NOW.search(notice) or any(code.startswith("4") for code in codes):
        return None
    return next(iter(codes), "") if codes or FOR_GOOD.search(notice) else None


def _before(mark: re.Pattern[str], text: str) -> str:
    match = mark.search(text)
    return text[: match.start()] if match else text


def _codes_by_address(notice: str, addresses: list[re.Match[str]]) -> dict[str, list[str]]:
    """The status codes of each address: those between it and the next other one, and those before it in its line."""
    codes: dict[str, list[str]] = {}
    for place, match in enumerate(addresses):
        address = match[0].casefold()
        others = (later.start() for later in addresses[place + 1 :] if later[0].casefold() != address)
        end = next(others, len(notice))
        line_start = notice.rfind("\n", 0, match.start()) + 1
        begin = max(line_start, addresses[place - 1].end() if place else 0)
        codes.setdefault(address, []).extend(CODE.findall(notice[begin:end]))
    return codes
