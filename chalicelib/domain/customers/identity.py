"""What identifies a customer, and when two records are merged into one person.

Two records of different *sources* with the same email address or marketplace id are one person: a shop's frontend, its
platform and its mailbox each number their customers in their own way. Two records of the same source are two people,
because that source says so. An identifier that matches two of them is therefore ambiguous and links neither. Phone
numbers are shared and passed on. Ambiguous and phone matches are suggested to staff, and never merged automatically.
"""

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import key_of, key_of_id
from chalicelib.domain.shops.shop import Shop

RANK = ("standard", "shopify", "woocommerce", "mail")
"""Sources by how much they know of a person: in an automatic merge, the record of the first one stays on top."""
LABELLED_EXTENSION = re.compile(
    r"\s*[,;(]?\s*(?:转|轉|分机|分機|内线|内線|內線|内|내선|extension|extn?|extensão|x|#|доб|вн|ramal|anexo|poste|interno|int|"
    r"durchwahl|dw|nebenstelle|nst|apparat|app|toestel|tst|wewn?|klapka|anknytning|lokal)"
    r"\s*[.:=]?\s*(?:号|番)?\s*(\d{0,7})\s*\)?$",
    re.I,
)
"""The words in many languages that mark the digits after a phone number as an extension."""
NOTE = re.compile(r"(?:\s*\([^()\d]{1,40}\))+$")
"""A note after a number, such as `(office)`."""
SHORT_IN_CHINA = re.compile(r"\+86\d{5,8}")
"""A five-digit service number after an area code (021-95588): subscribers have seven or eight digits."""
BARE_EXTENSION = re.compile(r"\s*-\s*(\d{1,5})$")
MAX_LENGTH = 100
"""A phone field is read up to this many characters."""
MAX_SHARED = 25
"""An identifier that this many records share belongs to no single person, but to an office or a shop."""


class Identifier(Struct, frozen=True):
    """An email address, phone number or marketplace id of a customer."""

    kind: str
    value: str

    @property
    def links(self) -> bool:
        """Whether it makes two records of different sources one person; otherwise it is only a suggestion."""
        return self.kind != "phone"


def source_of(external_id: str) -> str:
    """The source of a record, by the prefix of its external id."""
    prefix, slash, _ = external_id.partition("/")
    return prefix if slash and prefix in RANK else "standard"


def identifiers(customer: Customer, region: str | None) -> tuple[Identifier, ...]:
    """A customer's identifiers besides their external id. Phone numbers without a country code belong to `region`."""
    email = mail_of(customer.email)
    phone = phone_of(customer.phone, region)
    contacts = [Identifier("mail", email)] if email else []
    contacts += [Identifier("phone", phone)] if phone else []
    at_marketplaces = (Identifier(f"at/{name}", value) for name, value in sorted(customer.marketplace_ids.items()))
    return (*contacts, *at_marketplaces)


def mail_of(email: str | None) -> str | None:
    """An email address normalized for comparison: NFKC, lower case, without surrounding space; None when empty."""
    return unicodedata.normalize("NFKC", email).strip().casefold() or None if email else None


class Phone(Struct, frozen=True):
    """A phone number in E.164, and its extension."""

    number: str
    extension: str | None = None


def phone_of(phone: str | None, region: str | None) -> str | None:
    """A person's phone number in E.164, without its extension. None for an invalid number, a local one without its area
    code, and a service number (95533, 400…), which belongs to no person."""
    parsed = parse_phone(phone, region)
    return parsed.number if parsed else None


def parse_phone(phone: str | None, region: str | None) -> Phone | None:
    """A person's phone number with its extension; None as for `phone_of`."""
    text = NOTE.sub("", unicodedata.normalize("NFKC", phone or "").strip()[:MAX_LENGTH])
    labelled = LABELLED_EXTENSION.search(text)
    if labelled:
        number = _parse_valid(text[: labelled.start()], region)
        return replace(number, extension=labelled[1] or None) if number else None
    bare = BARE_EXTENSION.search(text)
    number = _parse_valid(text, region)
    if number or bare is None:
        return number  # digits after a dash are an extension only if the whole text is no number
    number = _parse_valid(text[: bare.start()], region)
    return replace(number, extension=bare[1]) if number else None


def _parse_valid(text: str, region: str | None) -> Phone | None:
    """The number, if it is a valid one that can belong to a person."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    kinds = phonenumbers.PhoneNumberType
    personal = (kinds.FIXED_LINE, kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE, kinds.VOIP, kinds.PERSONAL_NUMBER)
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in personal:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if SHORT_IN_CHINA.fullmatch(e164) else Phone(e164, number.extension or None)


def region_of(shop: Shop) -> str | None:
    """The country for phone numbers without a country code: that of the shop's calendar, or else of its locale."""
    if len(shop.calendar) == 2 and shop.calendar.isupper():
        return shop.calendar
    country = shop.locale.replace("_", "-").rpartition("-")[2]
    return country if len(country) == 2 and country.isupper() else None


def fit_one_person(families: Sequence[Sequence[Customer]]) -> bool:
    """Whether the records of these families may all be one person. The records of one family are one person already.
    Records of two families are not when they have the same source, or when staff marked them as other people."""
    records = [(record, number) for number, family in enumerate(families) for record in family]
    family_of_source: dict[str, int] = {}
    for record, number in records:
        if is_of_order(record.external_id):
            continue
        if family_of_source.setdefault(source_of(record.external_id), number) != number:
            return False
    family_of = {key_of_id(record.id): number for record, number in records}
    apart = {key: number for record, number in records for key in record.apart}
    return all(family_of.get(key, number) == number for key, number in apart.items())


def is_of_order(external_id: str) -> bool:
    """Whether a record stands for the unknown buyer of an order: no source uses such ids for its customers."""
    source, _, rest = external_id.partition("/")
    return source in RANK and rest.startswith("order/")


def top_first(first: Customer, second: Customer) -> tuple[Customer, Customer]:
    """The record that stays on top in a merge, and the one that goes below it."""
    top, below = sorted((first, second), key=lambda record: (RANK.index(source_of(record.external_id)), record.id))
    return top, below


def by_address(email: str) -> str:
    """The external id of a customer when nothing but this email address is known."""
    return f"mail/{key_of('address', email.strip().casefold())}"
