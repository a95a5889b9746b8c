"""Link cases with each other, and remove links. Both ends change in one transaction."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.facts import CaseLinked, CaseUnlinked
from chalicelib.domain.casework.payloads import LinkChange
from chalicelib.domain.kernel.errors import Conflict, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework.append_together import Facts, Stored, case_in, handle_together
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.casework.append_together import AppendTogetherServices

MAX_LINKS = 20
MAX_CHANGED = 10
"""The most links that one request changes, because all of them are one transaction."""


def change_links(services: "AppendTogetherServices", command: Command, body: LinkChange) -> StoredCase:
    """Link the case with others of its shop, and remove links; the case after that. What is so already changes nothing.

    NotFound for a case that is not the shop's; Invalid for the case itself, and for one that is both added and removed;
    Conflict if a case would have more than twenty links.
    """
    others = tuple(dict.fromkeys((*body.add, *body.remove)))
    if command.case in others:
        raise invalid("add" if command.case in body.add else "remove", "names the case itself")
    if len(others) > MAX_CHANGED:
        raise invalid("", f"changes more than {MAX_CHANGED} links at a time")
    if set(body.add) & set(body.remove):
        raise invalid("remove", "has a case that is to be linked, too")

    def decide(stored: Stored) -> Facts:
        facts = {key_of_id(command.case): _changes(case_in(stored, command.case), body.add, body.remove)}
        own = (command.case,)
        for other in others:
            is_added = other in body.add
            facts[key_of_id(other)] = _changes(case_in(stored, other), own if is_added else (), () if is_added else own)
        return facts

    return handle_together(services, command, others, decide)


def _changes(case: Case, add: tuple[str, ...], remove: tuple[str, ...]) -> list[Fact]:
    """The facts that give a case these links and take those from it."""
    added = tuple(dict.fromkeys(link for link in add if link not in case.links))
    removed = tuple(dict.fromkeys(link for link in remove if link in case.links))
    if added and len(case.links) + len(added) - len(removed) > MAX_LINKS:
        raise Conflict(f"Case {case.number} would have more than {MAX_LINKS} links: remove some first.")
    facts: list[Fact] = []
    if added:
        facts.append(CaseLinked(cases=added))
    if removed:
        facts.append(CaseUnlinked(cases=removed))
    return facts
