"""By what a person is known again, and when two records are taken for one person.

Equal addresses or marketplace ids of two *sources* are one person: a shop's frontend, its platform, its mailbox each
number people in their own way. Two records of the same source are two people, because that source says so; so what
fits two of them fits nobody for certain, and links nobody. Phone numbers are shared and given to others. Such are
suggested to staff, never linked by themselves.
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
"""Whose record stays on top when two are merged by themselves: the source that knows most of the person."""
SAID_EXTENSION = re.compile(
    r"\s*[,;(]?\s*(?:转|轉|分机|分機|内线|内線|內線|内|내선|extension|extn?|extensão|x|#|доб|вн|ramal|anexo|poste|interno|int|"
    r"durchwahl|dw|nebenstelle|nst|apparat|app|toestel|tst|wewn?|klapka|anknytning|lokal)"
    r"\s*[.:=]?\s*(?:号|番)?\s*(\d{0,7})\s*\)?$",
    re.I,
)
"""What says that the digits behind a number are those of a desk and not the number's."""
NOTE = re.compile(r"(?:\s*\([^()\d]{1,40}\))+$")
"""Whose number it is, or where it rings: `(office)`."""
SHORT_IN_CHINA = re.compile(r"\+86\d{5,8}")
"""A service's number of five digits behind an area code (021-95588): subscribers have seven or eight."""
BARE_EXTENSION = re.compile(r"\s*-\s*(\d{1,5})$")
LONGEST = 100
"""So much of what should be a number is looked at."""
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


class Phone(Struct, frozen=True):
    """A number in E.164, and the extension behind it."""

    number: str
    extension: str | None = None


def phone_of(phone: str | None, region: str | None) -> str | None:
    """A person's number in E.164, without its extension; None for what is no valid number, a local one without its
    area code, and one of a service (95533, 400…), which is nobody's own."""
    found = read_phone(phone, region)
    return found.number if found else None


def read_phone(phone: str | None, region: str | None) -> Phone | None:
    """A person's number with its extension, or None. `phone_of` says what is none."""
    text = NOTE.sub("", unicodedata.normalize("NFKC", phone or "").strip()[:LONGEST])
    said = SAID_EXTENSION.search(text)
    if said:
        found = _valid(text[: said.start()], region)
        return replace(found, extension=said[1] or None) if found else None
    behind = BARE_EXTENSION.search(text)  # only where the whole is no number: dashes stand inside numbers, too
    found = _valid(text, region)
    if found or behind is None:
        return found
    found = _valid(text[: behind.start()], region)
    return replace(found, extension=behind[1]) if found else None


def _valid(text: str, region: str | None) -> Phone | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    kinds = phonenumbers.PhoneNumberType
    own = (kinds.FIXED_LINE, kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE, kinds.VOIP, kinds.PERSONAL_NUMBER)
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in own:
        return None
    told = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if SHORT_IN_CHINA.fullmatch(told) else Phone(told, number.extension or None)


def region_of(shop: Shop) -> str | None:
    """The country a shop's customers give their numbers in: that of its calendar, or of its language."""
    if len(shop.calendar) == 2 and shop.calendar.isupper():
        return shop.calendar
    country = shop.locale.replace("_", "-").rpartition("-")[2]
    return country if len(country) == 2 and country.isupper() else None


def fit_one_person(families: Sequence[Sequence[Customer]]) -> bool:
    """Whether all these records may be one person. Each family is known to be one; of two families, two records of one
    source are two people, and so are those that staff took apart."""
    seen: dict[str, int] = {}
    apart = {key: place for place, family in enumerate(families) for one in family for key in one.apart}
    for place, family in enumerate(families):
        for one in family:
            if not is_of_order(one.external_id) and seen.setdefault(source_of(one.external_id), place) != place:
                return False
    keys = {key_of_id(one.id): place for place, family in enumerate(families) for one in family}
    return all(keys.get(key, place) == place for key, place in apart.items())


def is_of_order(external_id: str) -> bool:
    """Whether a record is of somebody of whom nothing is known but an order: no source numbers people so."""
    source, _, rest = external_id.partition("/")
    return source in RANK and rest.startswith("order/")


def top_first(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """The record that stays on top, and the one that goes below it."""
    first, second = sorted((one, other), key=lambda each: (RANK.index(source_of(each.external_id)), each.id))
    return first, second


def by_address(email: str) -> str:
    """The external id of somebody of whom nothing is known but that this address is theirs."""
    return f"mail/{key_of('address', email.strip().casefold())}"
