"""The language of a text, by rule: a Chinese character makes it Chinese."""

from chalicelib.domain.feedback.language import CHINESE


def language_of(text: str) -> str:
    """`zh` or `en`. On short texts of customers the rule is right more often than what guesses from statistics."""
    return "zh" if CHINESE.search(text) else "en"
