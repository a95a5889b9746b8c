"""Whether a text is an email address or a phone number."""

import re

EMAIL = re.compile(r"[^@\s<>(),;:\"\\]+@[^@\s<>(),;:\"\\]+\.[^@\s.,<>]+")
FEWEST_DIGITS = 7


def is_email(contact: str) -> bool:
    """Whether a contact is an email address; otherwise it is a phone number, or neither."""
    return contact.isascii() and EMAIL.fullmatch(contact) is not None


def phone_digits(phone: str | None) -> str:
    """The digits of a phone number."""
    return "".join(sign for sign in phone or "" if sign.isascii() and sign.isdigit())


def is_phone(contact: str) -> bool:
    """Whether a contact is a phone number, however it is written."""
    return re.fullmatch(r"[+()\-. 0-9]+", contact) is not None and len(phone_digits(contact)) >= FEWEST_DIGITS
