"""What becomes markup on a page that does not encode it. It does no harm."""

WORD = "qmarkq"
"""Stands in every hostile text, so that it is found wherever it comes out."""
TAG, ATTRIBUTE, SUM = "xmark", "onx", "7661334"
"""The element and the attribute that a marker would become, and the sum that a template would make of it."""


def plain(place: str) -> str:
    """A hostile text with the name of the place in which it was written."""
    return f'{WORD}.{place}.</title></script><{TAG} a="\'{ATTRIBUTE}=1>" onx="1">'


def summed(place: str) -> str:
    """The same, with a sum that a template would make."""
    return plain(place) + "{{7661333+1}}"


def brief(place: str) -> str:
    """A shorter one, for a tag, a team or a phone number."""
    return f"{WORD}.{place}.<{TAG}>\"onx='1"


def both(place: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": plain(place), "en": plain(place)}
