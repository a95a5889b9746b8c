"""What HTML holds and does not show."""

import re
from typing import Any

UNREAD = {"script", "style", "head", "title", "template", "select", "object", "svg", "noframes", "input"}
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])"
    r"|max-height\s*:\s*0(?![.\d])[^;]*;?.{0,200}?overflow\s*:\s*hidden|overflow\s*:\s*hidden.{0,200}?max-height\s*:\s*0(?![.\d])",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_STYLE, LONGEST_RULE = 50_000, 2_000
SIMPLE = re.compile(r"[a-z0-9]{0,20}([.#][\w-]{1,80})", re.IGNORECASE)


def hidden_by(style: str) -> frozenset[str]:
    """The classes (`.name`) and ids (`#name`) that a style sheet hides, on a screen of any width."""
    first, *rest = style[:LONGEST_STYLE].split("/*")
    around, words, found = list[str](), "", set[str]()
    for sign in re.split(r"([{}])", first + "".join(one.partition("*/")[2] for one in rest)):
        if sign == "{":
            around.append(words)
        elif sign == "}" and around:
            selectors = around.pop()
            if not around and HIDDEN.search(words[:LONGEST_RULE]):
                names = (SIMPLE.fullmatch(one.strip()) for one in selectors.rpartition(";")[2].split(","))
                found |= {name[1] for name in names if name}
        words = "" if sign in "{}" else sign
    return frozenset(found)


def is_hidden(one: Any, hidden: frozenset[str]) -> bool:
    """Whether a tag shows nothing: by what it is, by its own style, or by what the page's style hides."""
    if one.name in UNREAD or one.get("hidden") is not None:
        return True
    if hidden:
        classes = one.get("class") or ()
        told = classes.split() if isinstance(classes, str) else classes
        if f"#{one.get('id')}" in hidden or any(f".{name}" in hidden for name in told):
            return True
    return bool(HIDDEN.search(str(one.get("style") or "")[:2_000]))
