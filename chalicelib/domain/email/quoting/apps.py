"""The lines that phones and apps write below a mail."""

import re
from functools import cache

from chalicelib.domain.email.quoting.forms.signatures import APPS, DEVICES, MODELS, SIGNATURES, SYSTEMS
from chalicelib.domain.email.quoting.lines import SHORT, plain

LINK = re.compile(r"<\s?(?:https?://|mailto:)[^<>]{1,150}>|\s?[(\[]?(?:https?://|www\.)[^\s<>]{1,150}$")
MARKDOWN = re.compile(r"\[([^\[\]]{1,80})\]\([^()]{0,200}\)")
EXCUSE = re.compile(r"[,.;]?\s{0,2}(?:please )?(?:excuse|pardon|forgive) .{1,60}$")
Edges = tuple[str, str]


ENDING = "['’]?[a-zß-ſа-яёієїґ]{1,8}|手机智能版|手机版|手機版|移动版|手机|手機|平板|邮箱|客户端|电子邮件|電子郵件"
"""A case's ending, as in `iPhonesta`, or what kind of thing a brand is. No other Chinese: 华为商城 is a shop."""


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
    device = rf"(?>(?:{devices})(?:{ENDING})?)"
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
    bare = EXCUSE.sub("", LINK.sub("", text).casefold()).strip(' ()<>[]_-.*!"“”‐')
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
