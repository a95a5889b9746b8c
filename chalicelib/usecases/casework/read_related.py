"""The cases that a case is merged into, has merged into it, or is linked with, as a page shows them."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.kernel.ids import key_of_id

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasCases

Relation = Literal["merged_into", "merged", "linked"]


class RelatedCase(Struct, frozen=True):
    """Another case, with its subject, and what it is to the case."""

    relation: Relation
    case: Case
    subject: str


def read_related(services: "HasCases", case: Case) -> list[RelatedCase]:
    """The related cases: what the case is merged into, what is merged into it, and its links. Two readings in all."""
    relations: dict[str, Relation] = dict.fromkeys(case.links, "linked")
    relations |= dict.fromkeys(merged_cases(case), "merged")
    if case.merged_into is not None:
        relations[case.merged_into] = "merged_into"
    keys = {key_of_id(identifier): identifier for identifier in relations}
    if not keys:
        return []
    stored = services.cases.load_many(keys)
    openings = services.cases.opening(keys)
    return [
        RelatedCase(relations[identifier], row.case, openings[key].subject)
        for key, identifier in keys.items()
        if (row := stored[key]).case is not None and row.case.shop == case.shop
    ]
