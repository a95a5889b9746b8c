"""Recognise what is in HTML but is not shown."""

import re
from typing import Any

UNREAD = {"script", "style", "head", "title", "template", "select", "object", "svg", "noframes", "input"}
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])"
    r"|max-height\s*:\s*0(?![.\d])[^;]*;?.{0,200}?overflow\s*:\s*hidden|overflow\s*:\s*hidden.{0,200}?max-height\s*:\s*0(?![.\d])",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_STYLE = 50_000
LONGEST_RULE = 2_000
SIMPLE = re.compile(r"[a-z0-9]{0,20}([.#][\w-]{1,80})", re.IGNORECASE)


def hidden_by(style: str) -> frozenset[str]:
    """The classes (`.name`) and ids (`#name`) that a style sheet hides, on screens of any width."""
    around: list[str] = []
    """The selectors of the blocks around the current text."""
    words = ""
    names: set[str] = set()
    for sign in re.split(r"([{}])", _without_comments(style[:LONGEST_STYLE])):
        if sign == "{":
            around.append(words)
        elif sign == "}" and around:
            selectors = around.pop()
            if not around and HIDDEN.search(words[:LONGEST_RULE]):
                names |= _simple_names(selectors)
        words = "" if sign in "{}" else sign
    return frozenset(names)


def _without_comments(style: str) -> str:
    first, *rest = style.split("/*")
    return first + "".join(text.partition("*/")[2] for text in rest)


def _simple_names(selectors: str) -> set[str]:
    """The classes and ids that are selectors of their own."""
    matches = (SIMPLE.fullmatch(selector.strip()) for selector in selectors.rpartition(";")[2].split(","))
    return {match[1] for match in matches if match}


def is_hidden(tag: Any, hidden: frozenset[str]) -> bool:
    """Whether a tag shows nothing, by its kind, its own style, or the `hidden` classes and ids of the style sheet."""
    if tag.name in UNREAD or tag.get("hidden") is not None:
        return True
    if hidden:
        classes = tag.get("class") or ()
        names = classes.split() if isinstance(classes, str) else classes
        if f"#{tag.get('id')}" in hidden or any(f".{name}" in hidden for name in names):
            return True
    return bool(HIDDEN.search(str(tag.get("style") or "")[:2_000]))
