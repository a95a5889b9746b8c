"""The one seam through which personal data passes on its way into the table and out of it.

A pass-through today: the table itself is encrypted with KMS. A key per customer, destroyed on erasure, is a
change of this file.
"""


def sealed(text: str | None) -> str | None:
    """The form in which a personal field is stored."""
    return text


def opened(text: str | None) -> str | None:
    """The personal field of a stored form."""
    return text
