"""How typing changes a case."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case, part_of, with_part
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.triage.facts import CaseTyped
from chalicelib.domain.triage.parts import CaseTyping


def case_typed(fact: CaseTyped, case: Case, _: Moment) -> Case:
    """The case has this type from now on. A correction leaves what the first words say of sentiment and urgency;
    clocks that run and the case's flow stay as they are."""
    before = part_of(case, CaseTyping)
    read = fact if fact.sentiment is not None else before
    typing = CaseTyping(
        by=fact.by,
        confidence=fact.confidence,
        reason=fact.reason,
        sentiment=read.sentiment,
        score=read.score,
        urgent=read.urgent,
        model=fact.model,
        aspects=read.aspects,
        product=read.product,
    )
    return with_part(replace(case, type=fact.kind), typing)


REDUCERS: Reducers = {CaseTyped: (case_typed,)}
