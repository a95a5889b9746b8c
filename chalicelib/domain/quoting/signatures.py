"""What stands below a mail without being its words: signatures, what phones, servers and lists add."""

import re
from functools import cache

from chalicelib.domain.quoting.attributions import ADDRESS
from chalicelib.domain.quoting.forms.signatures import APPS, DEVICES, FOOTERS, GREETINGS, MODELS, SIGNATURES, SYSTEMS
from chalicelib.domain.quoting.lines import is_blank, is_quoted, plain

LONGEST_SIGNATURE = 10
"""A signature has so many lines at most."""
SHORT = 160
LINK = re.compile(r"<\s?(?:https?://|mailto:)[^<>]{1,150}>|\s?[(\[]?(?:https?://|www\.)[^\s<>]{1,150}$")
EXCUSE = re.compile(r"[,.;]?\s{0,2}(?:please )?(?:excuse|pardon|forgive) .{1,60}$")
MARKDOWN = re.compile(r"\[([^\[\]]{1,80})\]\([^()]{0,200}\)")
RULER = re.compile(r"[-_=*—]{3,60}|__")
PHONE = re.compile(r"(\+|\b00|\btel|\bphone|\bmob|电话|手机|電話|手機)[\s.:：]*\(?\d[\d\s()./-]{5,}", re.IGNORECASE)
ENDED = (".", "!", "?", "。", "！", "？", ",", "，", ";", "；")
SEPARATORS = ("-- ", "--", "\u2014", "-- \t")
PARTICLES = frozenset({"von", "van", "de", "der", "den", "da", "di", "del", "la", "le", "el", "bin", "al", "and", "&", "und", "y", "et"})


Edges = tuple[str, str]


@cache
def _edges() -> tuple[tuple[Edges, ...], tuple[Edges, ...], frozenset[str]]:
    """What stands before and behind a product, and before and behind an app to get; and what names none of both."""
    told: dict[str, list[Edges]] = {"{device}": [], "{app}": [], "literal": []}
    for row in SIGNATURES:
        if "{" not in row.form:
            told["literal"].append((row.form.casefold(), ""))
            continue
        place = "{app}" if "{app}" in row.form else "{device}"
        before, _, after = row.form.casefold().partition(place)
        told[place].append((before.strip(), after.strip()))
    return tuple(told["{device}"]), tuple(told["{app}"]), frozenset(text for text, _ in told["literal"])


@cache
def _product() -> re.Pattern[str]:
    """A product's name, with at most one word before it and words of models behind it."""
    devices = "|".join(re.escape(one.casefold()) for one in sorted(DEVICES, key=len, reverse=True))
    models = "|".join(re.escape(one) for one in sorted(MODELS, key=len, reverse=True))
    device = rf"(?>(?:{devices})(?:['’]?\w{{1,8}})?)"
    tail = rf"(?:[ ,(-]{{1,2}}(?>on the [\w ]{{1,30}} network|{device}|(?:{models})(?!\w)|\S{{0,12}}\d\S{{0,12}})\)?)*+"
    return re.compile(rf"(?:\S{{1,15}} )?{device}{tail}|[a-z]{{1,12}}-\d{{1,5}}")


@cache
def _app() -> re.Pattern[str]:
    apps, systems = ("|".join(re.escape(one.casefold()) for one in told) for told in (APPS, SYSTEMS))
    return re.compile(rf"(?=.{{0,40}}(?:{apps}))(?=.{{0,60}}(?:{systems})).{{1,60}}")


def is_app_line(line: str) -> bool:
    """Whether a phone or an app wrote this line. It names a product: `Sent from my account by mistake` does not."""
    text = plain(line)
    if not text or len(text) > SHORT:
        return False
    text = MARKDOWN.sub(r"\1", text) if "[" in text else text
    bare = EXCUSE.sub("", LINK.sub("", text).casefold()).strip(" ()<>[]_-.*!\"“”‐")
    devices, apps, literal = _edges()
    return bare in literal or _signs(bare, devices, _product()) or _signs(bare, apps, _app())


def _signs(text: str, edges: tuple[Edges, ...], product: re.Pattern[str]) -> bool:
    return any(
        text.startswith(before)
        and text.endswith(after)
        and len(text) > len(before) + len(after)
        and product.fullmatch(text[len(before) : len(text) - len(after)].strip())
        for before, after in edges
    )


def without_signature(lines: list[str], quotes: bool = False) -> list[str]:
    """Without what is no words at the end: blank lines, what apps wrote, signatures, and quotes too if told so. What
    would leave nothing is kept."""
    end = len(lines)
    while end:
        line = lines[end - 1]
        if is_blank(line) or is_app_line(line) or (quotes and is_quoted(line)):
            end -= 1
            continue
        below = _signature_at(lines, end)
        if below is None:
            break
        end = below
    return lines[:end]


def _signature_at(lines: list[str], end: int) -> int | None:
    """Where a signature begins that ends there: at most ten lines below `-- `."""
    said = 0
    for place in range(end - 1, -1, -1):
        line = lines[place]
        if line.replace("\xa0", " ") in SEPARATORS or RULER.fullmatch(line.strip()):
            return place if _signs_off(lines, place, end) else None
        said += not is_blank(line)
        if said > LONGEST_SIGNATURE or is_quoted(line) or end - place > 3 * LONGEST_SIGNATURE:
            return None
    return None


def _signs_off(lines: list[str], place: int, end: int) -> bool:
    """Whether a separator parts a signature from words, and not two of a list's items from each other. Without its
    blank at the end it is no standard's (RFC 3676, 4.3), and what stands below must look like one."""
    above = [plain(line) for line in lines[max(0, place - LONGEST_SIGNATURE) : place] if not is_blank(line)]
    below = [plain(line) for line in lines[place + 1 : end] if not is_blank(line)]
    if not above:
        return False
    if below and any(_alike(one, below[0]) for one in (above[0], above[-1])):
        return False
    if not lines[place].startswith("--") or RULER.fullmatch(lines[place].strip()):
        return _looks_signed(below) if lines[place] == "\u2014" else len(without_footers(below)) == 0
    return lines[place] != "--" or _looks_signed(below)


def _alike(one: str, other: str) -> bool:
    """Whether two lines begin the same way but for their numbers, as items of a list do."""
    first, second = (re.sub(r"\d+", "0", text[:SHORT].casefold()) for text in (one, other))
    shared = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second)))
    return shared >= (2 if first[:1] > "\u2e80" or first[:1] == "0" else 4)


def _looks_signed(below: list[str]) -> bool:
    """Whether lines tell who somebody is and how to reach them: a name first, no sentences."""
    if not below or any(len(line) > SHORT or line.endswith(ENDED) for line in below):
        return False
    return _is_name(below[0]) or any(ADDRESS.search(line) or PHONE.search(line) for line in below[:4])


def _is_name(line: str) -> bool:
    """Whether a line could be a person's or a company's name: few words, each with a capital, or four signs."""
    line = re.split(r"\s?[|,/•·]", line, maxsplit=1)[0]
    words = [one.strip(".,()") for one in line.split()]
    if any(sign.isdigit() or sign in ":：@" for sign in line) or not 0 < len(words) <= 4:
        return False
    if line[:1] > "\u2e80":
        return len(line.replace(" ", "")) <= 4
    return len(words) == 1 or all(word[:1].isupper() or word.casefold() in PARTICLES or not word for word in words)


@cache
def _phrases() -> tuple[tuple[str, ...], frozenset[str]]:
    """What servers write, and how people end a mail."""
    footers = tuple(phrase for row in FOOTERS for phrase in row.form.split("|"))
    return footers, frozenset(phrase for row in GREETINGS for phrase in row.form.split("|"))


def without_ruler(lines: list[str]) -> list[str]:
    """Without the ruler that a client draws above what it quotes."""
    end = len(lines)
    while end and (is_blank(lines[end - 1]) or RULER.fullmatch(lines[end - 1].strip(" *"))):
        end -= 1
    return lines[:end]


def without_footers(lines: list[str]) -> list[str]:
    """Without what servers and lists add: from the first paragraph that says so."""
    footers, _ = _phrases()
    begin = 0
    for place, line in enumerate(lines):
        if is_blank(line):
            begin = place + 1
        elif any(phrase in line[:2_000].casefold() for phrase in footers):
            return lines[:begin]
    return lines


def only_signs_off(lines: list[str]) -> bool:
    """Whether lines are no more than the end of a mail: regards, and a name."""
    _, greetings = _phrases()
    said = [plain(line) for line in lines if not is_blank(line) and not is_app_line(line)]
    if not said:
        return True
    if len(said) > LONGEST_SIGNATURE or any(len(line) > SHORT for line in said):
        return False
    first, comma, name = said[0].partition(",")
    greeted = first.casefold().strip(" !.！。，,") in greetings and (not comma or not name or _is_name(name.strip()))
    named = said[1:] if greeted else said
    return not named or (len(named) <= 2 or greeted) and _is_name(named[0]) and not any(one.endswith(ENDED[1:]) for one in named)
