"""Add tags to a case and remove them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseTagged
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.casework.tags import MAX_TAGS, clean_tag, fault_of
from chalicelib.domain.kernel.errors import Conflict, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import HandleCommandServices


def change_tags(services: "HandleCommandServices", command: Command, body: TagChange) -> StoredCase:
    """Add and remove tags; what the case has or lacks already changes nothing.

    Invalid for a tag that is empty, too long or has control characters, and for one that is both added and removed;
    Conflict if the case would have more than twenty.
    """
    add, remove = _clean("add", body.add), _clean("remove", body.remove)
    for tag in add:
        if tag in remove:
            raise invalid("remove", f"has {tag!r}, which is to be added, too")

    def decide(case: Case) -> list[Fact]:
        added = tuple(tag for tag in add if tag not in case.tags)
        removed = tuple(tag for tag in remove if tag in case.tags)
        if len(case.tags) + len(added) - len(removed) > MAX_TAGS:
            raise Conflict(f"A case has at most {MAX_TAGS} tags: remove some first.")
        return [CaseTagged(added=added, removed=removed)] if added or removed else []

    return handle(services, command, decide)


def _clean(name: str, tags: Sequence[str]) -> tuple[str, ...]:
    clean = tuple(map(clean_tag, tags))
    for place, tag in enumerate(clean):
        fault = fault_of(tag)
        if fault is not None:
            raise invalid(f"{name}[{place}]", fault)
    return tuple(dict.fromkeys(clean))
