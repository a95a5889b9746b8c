"""What a fact makes of a case: the kind of function that capabilities register for the facts they know."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant


class Moment(NamedTuple):
    """When a fact happened to a case, by which event, under which rules, and what the case was before it."""

    at: Instant
    event: Event
    rules: Rules
    before: Case


Reducer: TypeAlias = Callable[[Any, Case, Moment], Case]
"""The case after a fact of that moment. Several capabilities may reduce one fact; each gets what the last one gave."""
Reducers: TypeAlias = Mapping[type[Fact], tuple[Reducer, ...]]
"""By fact, in the order of capabilities; those of `Fact` itself come after each fact's own."""


def merged(*tables: Reducers) -> Reducers:
    """The tables of several capabilities as one, ready to be looked up by a fact's own type."""
    always = tuple(reducer for table in tables for reducer in table.get(Fact, ()))
    facts = {fact for table in tables for fact in table if fact is not Fact}
    return {fact: (*(one for table in tables for one in table.get(fact, ())), *always) for fact in facts}


def reduce(case: Case, event: Event, at: Instant, rules: Rules, reducers: Reducers) -> Case:
    """The case after an event. KeyError: no capability has registered its fact."""
    moment = Moment(at, event, rules, case)
    for reducer in reducers[type(event.fact)]:
        case = reducer(event.fact, case, moment)
    return case
