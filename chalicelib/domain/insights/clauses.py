"""The clauses of a text: in each, one thing is usually praised or blamed."""

import re

CUT = re.compile(
    r"[,.;:!?()，。；：！？（）、\n-]+|\b(?:but|and|although|though|while|however|yet|except)\b|但是|可是|不过|然而|就是|而且",
    re.IGNORECASE,
)
MOST = 200
"""So many clauses of a text are told apart; the rest is one."""


def clauses_of(text: str) -> list[str]:
    """The clauses of a text that have more than a word; the text itself where there is none."""
    parts = (part.strip() for part in CUT.split(text, MOST))
    return [part for part in parts if len(part) > 1 and (" " in part or not part.isascii())] or [text]
