"""The language of a text, by rule: a Chinese character makes it Chinese."""

import re

CHINESE = re.compile(r"[\u3400-\u9fff]")


def language_of(text: str) -> str:
    """`zh` or `en`. On short texts of customers the rule is right more often than what guesses from statistics."""
    return "zh" if CHINESE.search(text) else "en"
