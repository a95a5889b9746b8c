"""What is found in everything that was said: topics, keywords, questions, unusual days, associations, groups."""

from itertools import islice

from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from chalicelib.adapters.insights.nightly.behaviour import behaviour_segments
from chalicelib.adapters.insights.nightly.encoded import Encoded
from chalicelib.adapters.insights.nightly.keywords import keywords_of
from chalicelib.adapters.insights.nightly.questions import questions_of
from chalicelib.adapters.insights.nightly.shown_words import shown_words
from chalicelib.adapters.insights.nightly.topics import topics_of
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.anomalies import unusual_days
from chalicelib.domain.insights.nightly.associations import associations_of
from chalicelib.domain.insights.nightly.periods import counts_of
from chalicelib.usecases.ports.learning import Encoder

TOPICS = 20
SHORTEST = 4
"""Characters of a text that can be about something."""


def analyse(
    inputs: InsightInputs, encoder: Encoder, previous: Findings | None, topics: int = TOPICS, seed: int = 1
) -> tuple[Findings, InsightInputs]:
    """What is found, and the inputs with the topic of each item. The same inputs give the same: with one
    thread, because sums of several differ in their last digits, and texts that are equally typical change places."""
    with threadpool_limits(1):
        return _analysed(inputs, encoder, previous, topics, seed)


def _analysed(
    inputs: InsightInputs, encoder: Encoder, previous: Findings | None, topics: int, seed: int
) -> tuple[Findings, InsightInputs]:
    """As `analyse` says, with as many threads as there are."""
    spoken = [said for said in inputs.said if _says_something(said)]
    encoded = Encoded(encoder, [said.item.text for said in spoken])
    shown = shown_words(spoken, inputs.orders) - inputs.names
    named, of_items = topics_of(inputs, spoken, encoded, shown, previous, topics, seed)
    said = [replace(each, topic=of_items.get(each.item.id)) for each in inputs.said]
    days = unusual_days(inputs, said, named)
    findings = Findings(
        shop=inputs.shop,
        day=inputs.day,
        first=inputs.first,
        items=len(said),
        customers=len({each.item.customer for each in said if each.item.customer}),
        topics=named,
        keywords=keywords_of(inputs, spoken, shown),
        questions=questions_of(inputs, spoken, encoded, shown, previous),
        anomalies=days.anomalies,
        events=days.events,
        associations=associations_of(said),
        segments=behaviour_segments(said),
        totals=counts_of(said),
    )
    return findings, replace(inputs, said=said)


def _says_something(said: Said) -> bool:
    """Whether a customer's text has enough to read to be about something; agents' notes are theirs."""
    readable = islice(filter(str.isalpha, said.item.text[:200]), SHORTEST)
    return said.item.source != "call" and len(list(readable)) == SHORTEST
