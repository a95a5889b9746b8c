"""By what a person is known again, and when two records are taken for one person.

Equal addresses or marketplace ids of two *sources* are one person: a shop's frontend, its platform, its mailbox each
number people in their own way. Two records of the same source are two people, because that source says so; and phone
numbers are shared and given to others. Such are suggested to staff, never linked by themselves.
"""

import unicodedata

from msgspec import Struct

from chalicelib.domain.customers import Customer
from chalicelib.domain.ids import key_in
from chalicelib.domain.shops import Shop

RANK = ("standard", "shopify", "woocommerce", "mail")
"""Whose record stays on top when two are merged by themselves: the source that knows most of the person."""
MOST_SHARED = 25
"""An address that so many records have is nobody's own: an office's, a shop's."""


class Identifier(Struct, frozen=True):
    """One thing a person is known by."""

    kind: str
    value: str

    @property
    def links(self) -> bool:
        """Whether two records of different sources with it are one person; else it only suggests so."""
        return self.kind != "phone"


def source_of(external_id: str) -> str:
    """The source a record's external id is of."""
    prefix, slash, _ = external_id.partition("/")
    return prefix if slash and prefix in RANK else "standard"


def identifiers(customer: Customer, region: str | None) -> tuple[Identifier, ...]:
    """What a customer is known by besides their external id; numbers without a country code are of that region."""
    mail, phone = mail_of(customer.email), phone_of(customer.phone, region)
    found = [Identifier("mail", mail)] if mail else []
    found += [Identifier("phone", phone)] if phone else []
    return (*found, *(Identifier(f"at/{name}", value) for name, value in sorted(customer.marketplace_ids.items())))


def mail_of(email: str | None) -> str | None:
    """An address as it is compared: composed characters, small letters, nothing around it."""
    return unicodedata.normalize("NFKC", email).strip().casefold() or None if email else None


def phone_of(phone: str | None, region: str | None) -> str | None:
    """A number in E.164; None for what is no possible number."""
    if not phone:
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None


def region_of(shop: Shop) -> str | None:
    """The country a shop's customers give their numbers in: that of its calendar, or of its language."""
    if len(shop.calendar) == 2 and shop.calendar.isupper():
        return shop.calendar
    country = shop.locale.replace("_", "-").rpartition("-")[2]
    return country if len(country) == 2 and country.isupper() else None


def is_one_person(one: Customer, other: Customer, shared: tuple[Identifier, ...]) -> bool:
    """Whether two records that share these are taken for one person without asking anybody."""
    if key_in(one.id) in other.apart or key_in(other.id) in one.apart:
        return False
    return source_of(one.external_id) != source_of(other.external_id) and any(each.links for each in shared)


def top_first(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """The record that stays on top, and the one that goes below it."""
    first, second = sorted((one, other), key=lambda each: (RANK.index(source_of(each.external_id)), each.id))
    return first, second
