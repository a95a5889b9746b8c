"""All records of one person: those that were merged, seen from the one on top."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports import Page
from chalicelib.usecases.ports.services import Services


def main_record(services: Services, key: str) -> Customer | None:
    """The record on top of the one with this key, however deep it lies; itself when it was merged into none."""
    found, seen = services.customers.load([key]).get(key), {key}
    while found is not None and found.root is not None and found.root not in seen:
        seen.add(found.root)
        found = services.customers.load([found.root]).get(found.root)
    return found


def linked_records(services: Services, root: Customer) -> list[Customer]:
    """A record and all that were merged into it, level by level: every one, for all of them are forgotten together."""
    found = level = {key_of_id(root.id): root}
    while level:
        below = dict.fromkeys(key for one in level.values() for key in one.members if key not in found)
        level = services.customers.load(below) if below else {}
        found = found | level
    return list(found.values())


def person_of(services: Services, key: str) -> Customer | None:
    """The record on top with what any of the person's records says of being asked: the last word on surveys, and when
    they were last asked."""
    root = main_record(services, key)
    if root is None or not root.members:
        return root
    family = linked_records(services, root)
    words = [one.consents["surveys"] for one in family if "surveys" in one.consents]
    last = max(words, key=lambda word: word.at, default=None)
    withdrawn = last.at if last is not None and last.state == "withdrawn" else None
    asked = max((one for one in family if one.surveyed_at), key=lambda one: one.surveyed_at or 0, default=root)
    return replace(
        root,
        consent_withdrawn_at=withdrawn if words else root.consent_withdrawn_at,
        surveyed_at=asked.surveyed_at,
        survey=asked.survey,
        undeliverable=_comes_back(root, family),
    )


def _comes_back(root: Customer, family: list[Customer]) -> str | None:
    """The address of the person, if mail to it comes back from it on any of their records."""
    address = mail_of(root.email)
    return address if address is not None and any(one.undeliverable == address for one in family) else None


def everything(keys: list[str], page_of: Callable[[str, str | None], Page]) -> Iterator[Any]:
    """What stands in the lists of these records, all pages of them."""
    for key in keys:
        page = page_of(key, None)
        yield from page.items
        while page.next is not None:
            page = page_of(key, page.next)
            yield from page.items


def keys_of(family: list[Customer]) -> list[str]:
    """Their keys."""
    return [key_of_id(one.id) for one in family]
