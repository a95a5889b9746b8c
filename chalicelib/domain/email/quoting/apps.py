"""Recognise the lines that phones and apps write below an email, such as `Sent from my iPhone`."""

import re
from functools import cache
from typing import NamedTuple

from chalicelib.domain.email.quoting.forms.row import Form
from chalicelib.domain.email.quoting.forms.signatures import APPS, DEVICES, MODELS, SIGNATURES, SYSTEMS
from chalicelib.domain.email.quoting.lines import SHORT, visible_text

LINK = re.compile(r"<\s?(?:https?://|mailto:)[^<>]{1,150}>|\s?[(\[]?(?:https?://|www\.)[^\s<>]{1,150}$")
MARKDOWN = re.compile(r"\[([^\[\]]{1,80})\]\([^()]{0,200}\)")
EXCUSE = re.compile(r"[,.;]?\s{0,2}(?:please )?(?:excuse|pardon|forgive) .{1,60}$")
Edges = tuple[str, str]
"""The text before a name in a form, and the text behind it."""
ENDING = "['’]?[a-zß-ſа-яёієїґ]{1,8}|手机智能版|手机版|手機版|移动版|手机|手機|平板|邮箱|客户端|电子邮件|電子郵件"
"""A case ending, as in `iPhonesta`, or the kind of thing a brand makes. No other Chinese: 华为商城 is a shop."""


class _Forms(NamedTuple):
    """The forms of signatures by what they name."""

    devices: tuple[Edges, ...]
    apps: tuple[Edges, ...]
    literal: frozenset[str]
    """The forms that name no device and no app."""


@cache
def _forms() -> _Forms:
    devices = tuple(_edges(row, "{device}") for row in SIGNATURES if "{" in row.form and "{app}" not in row.form)
    apps = tuple(_edges(row, "{app}") for row in SIGNATURES if "{app}" in row.form)
    return _Forms(devices, apps, frozenset(row.form.casefold() for row in SIGNATURES if "{" not in row.form))


def _edges(row: Form, name: str) -> Edges:
    before, _, after = row.form.casefold().partition(name)
    return before.strip(), after.strip()


@cache
def _device_name() -> re.Pattern[str]:
    """The name of a device, with at most one word before it and the words of its model behind it."""
    devices = "|".join(re.escape(name.casefold()) for name in sorted(DEVICES, key=len, reverse=True))
    models = "|".join(re.escape(name) for name in sorted(MODELS, key=len, reverse=True))
    device = rf"(?>(?:{devices})(?:{ENDING})?)"
    tail = rf"(?:[ ,(-]{{1,2}}(?>on the [\w ]{{1,30}} network|{device}|(?:{models})(?!\w)|\S{{0,12}}\d\S{{0,12}})\)?)*+"
    return re.compile(rf"(?:\S{{1,15}} )?{device}{tail}|[a-z]{{1,12}}-\d{{1,5}}")


@cache
def _app_name() -> re.Pattern[str]:
    """The name of an app and of the system for which one can get it."""
    apps = "|".join(re.escape(name.casefold()) for name in APPS)
    systems = "|".join(re.escape(name.casefold()) for name in SYSTEMS)
    return re.compile(rf"(?=.{{0,40}}(?:{apps}))(?=.{{0,60}}(?:{systems})).{{1,60}}")


def is_app_line(line: str) -> bool:
    """Whether a phone or an app wrote a line. It must name a product: `Sent from my account by mistake` does not."""
    text = visible_text(line)
    if not text or len(text) > SHORT:
        return False
    text = MARKDOWN.sub(r"\1", text) if "[" in text else text
    bare = EXCUSE.sub("", LINK.sub("", text).casefold()).strip(' ()<>[]_-.*!"“”‐')
    forms = _forms()
    if bare in forms.literal:
        return True
    return _fits_any(bare, forms.devices, _device_name()) or _fits_any(bare, forms.apps, _app_name())


def _fits_any(text: str, forms: tuple[Edges, ...], name: re.Pattern[str]) -> bool:
    """Whether a text is one of the forms, with something between its edges that matches `name`."""
    return any(
        text.startswith(before)
        and text.endswith(after)
        and len(text) > len(before) + len(after)
        and name.fullmatch(text[len(before) : len(text) - len(after)].strip())
        for before, after in forms
    )
