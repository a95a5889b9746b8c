"""A platform's customer, identified by the platform's id or else by the email address."""

import re

from chalicelib.domain.customers.identity import by_address
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.orders.order_payload import CustomerIn

LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def person(
    source: str,
    identifier: int | None,
    names: tuple[str | None, ...],
    email: str | None,
    phone: str | None,
    language: str | None = None,
) -> CustomerIn | None:
    """The customer in a platform's record; None if it has neither an id nor an email address. An invalid email
    address or language is left out."""
    address = email.strip() if email and is_email(email.strip()) else None
    if not identifier and address is None:
        return None
    return CustomerIn(
        external_id=f"{source}/{identifier}" if identifier else by_address(address or ""),
        name=one_line(" ".join(name for name in names if name)),
        email=address,
        phone=(phone or "").strip()[:40] or None,
        language=language if language and LANGUAGE.fullmatch(language) else None,
    )
