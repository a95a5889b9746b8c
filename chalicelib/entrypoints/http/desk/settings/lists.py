"""Lists of short texts as people type them into one field."""

import re
from collections.abc import Iterable


def listed(text: str) -> list[str]:
    """The texts that are separated by commas or ends of lines, without empty ones."""
    return [each.strip() for each in re.split("[,，、\n]", text) if each.strip()]


def joined(texts: Iterable[str]) -> str:
    """Texts as one, which `listed` reads again."""
    return ", ".join(texts)
