"""What is new in a mail: its text without the mails it quotes, and without the sender's signature.

Lines are looked at one by one, or a few together, and only short ones: no text makes this slow. When in doubt a line
stays, for the whole text is kept beside it all the same (docs/decisions/0011).
"""

import re

LONGEST = 400
WRAPPED = 3
"""An attribution is wrapped over so many lines at most."""

ATTRIBUTIONS = re.compile(
    r"(On|At) .{4,300} wrote:"  # Gmail, Apple, 163 in English
    r"|.{2,300}(写道|寫道)\s?[:：]"  # Gmail, Apple, 163, Foxmail in Chinese
    r"|Am .{4,200} schrieb.{0,100}:|Le .{4,250} a écrit\s?:|El .{4,250} escribió\s?:"
    r"|Il .{4,250} ha scritto:|Op .{4,250} schreef.{0,100}:|Em .{4,250} escreveu:"
    r"|\d{4}[年/].{4,250}<.{3,200}>\s?[:：]"  # Gmail in Japanese
)
RULES = re.compile(
    r"[-_=*\s]{2,}\s?(Original Message|Original message|Forwarded message|Reply message|Ursprüngliche Nachricht"
    r"|Message d'origine|Mensaje original|原始邮件|原始郵件|原邮件|回复的原邮件|回复的邮件"
    r"|转发邮件信息|转发的邮件|转发邮件"
    r"|元のメッセージ)\s?[-_=*\s]{2,}",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"[*\s]{0,4}(From|Sent|To|Cc|Date|Subject|发件人|寄件者|发送时间|發送時間|发送日期|日期|收件人|抄送|主题|主旨|主題"
    r"|Von|Gesendet|An|Betreff|Datum|De|Envoyé|À|Objet|Para|Enviado|Asunto|差出人|送信日時|宛先|件名)\s?[*\s]{0,3}[:：].{0,300}"
)
BORDER = re.compile(r"[-_]{10,}\s*")
SIGNED = re.compile(
    r"--\s?"
    r"|Sent from (my|Mail for|Yahoo|Outlook|Samsung|Huawei).{0,80}|Get Outlook for.{0,80}|Gesendet von.{0,80}"
    r"|Envoyé de mon.{0,60}|Enviado desde mi.{0,60}"
    r"|发自我的.{0,60}|从我的.{0,40}发送.{0,20}|來自我的.{0,60}|发送自.{0,60}|来自.{0,20}邮箱.{0,20}|iPhoneから送信.{0,20}"
)
HEADERS_AT_LEAST = 3


def fresh_part(text: str) -> str:
    """What its sender wrote now. A mail that answers between the lines it quotes is given whole."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = next((place for place in range(len(lines)) if _begins_quote(lines, place)), len(lines))
    after = lines[cut:]
    if _answers_between(after):
        return _trimmed(_without_signature(lines))
    return _trimmed(_without_signature(_without_trailing_quote(lines[:cut])))


def _begins_quote(lines: list[str], place: int) -> bool:
    line = lines[place].strip()
    if not line or len(line) > LONGEST:
        return False
    if RULES.fullmatch(line):
        return True
    if BORDER.fullmatch(line) and _headers_at(lines, place + 1) >= 2:
        return True
    if HEADER.fullmatch(line) and _headers_at(lines, place) >= HEADERS_AT_LEAST:
        return True
    return _attributed(lines, place) > 0


def _attributed(lines: list[str], place: int, most: int = WRAPPED) -> int:
    """Over how many lines from here somebody is said to have written; 0 where nobody is. The line before an attribution
    is not a part of it, even where both together would read like one."""
    joined = ""
    for count, line in enumerate(lines[place : place + most], 1):
        if not line.strip() or _is_quoted(line) or len(joined) + len(line) > LONGEST:
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if ATTRIBUTIONS.fullmatch(joined):
            later = (_attributed(lines, place + skipped, count - skipped) for skipped in range(1, count))
            return 0 if any(later) else count
    return 0


def _headers_at(lines: list[str], place: int) -> int:
    """How many lines of a quoted mail's head stand here, one below the other but for blank lines."""
    count, blank = 0, 0
    for line in lines[place : place + 16]:
        if not line.strip():
            blank += 1
            if blank > 1:
                break
        elif len(line) <= LONGEST and HEADER.fullmatch(line.strip()):
            count, blank = count + 1, 0
        else:
            break
    return count


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "＞"))


def _answers_between(after: list[str]) -> bool:
    """Whether something is written below quoted lines: an answer between them, or under them."""
    quoted = [place for place, line in enumerate(after) if _is_quoted(line)]
    below = _without_signature(after[quoted[0] :]) if quoted else []
    written = [line for line in below if line.strip() and not _is_quoted(line)]
    return any(not SIGNED.fullmatch(line.strip()) for line in written if len(line) <= LONGEST)


def _without_trailing_quote(lines: list[str]) -> list[str]:
    kept = list(lines)
    while kept and (not kept[-1].strip() or _is_quoted(kept[-1])):
        kept.pop()
    return kept if any(line.strip() for line in kept) else lines


def _without_signature(lines: list[str]) -> list[str]:
    """Without what stands below `-- `, and without the lines a phone writes below a mail."""
    for place, line in enumerate(lines):
        if line.rstrip("\n") in ("-- ", "--") and any(one.strip() for one in lines[:place]):
            lines = lines[:place]
            break
    kept = list(lines)
    while kept and (not kept[-1].strip() or (len(kept[-1]) <= LONGEST and SIGNED.fullmatch(kept[-1].strip()))):
        kept.pop()
    return kept


def _trimmed(lines: list[str]) -> str:
    """Without blank lines around, and with at most two in a row."""
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n").strip()
