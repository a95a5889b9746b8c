"""What computes the findings of a run, behind one port."""

from collections.abc import Sequence
from functools import cached_property

from msgspec.structs import replace

from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.labelled import Labelled
from chalicelib.domain.insights.outcomes.segments import customer_segments
from chalicelib.domain.triage.shop_model import Judged, StoredModel
from chalicelib.usecases.ports.learning import Encoder

FEWEST_TEXTS = 30
"""With fewer texts there is nothing to find: no library is loaded for them."""


class InsightAnalyst:
    """The `Analyst`. Each library is loaded when it is first needed."""

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of sentences."""
        from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

        return SentenceEncoder()

    def findings(self, inputs: InsightInputs, previous: Findings | None) -> tuple[Findings, InsightInputs]:
        """What is found in these inputs, and the inputs with the topic of each item. Topics keep the ids that they had
        in the previous findings."""
        if len(inputs.said) < FEWEST_TEXTS:
            return _too_few(inputs), inputs
        from chalicelib.adapters.insights.nightly.analysis import analyse
        from chalicelib.adapters.insights.nightly.outcomes import explain, warn

        findings, inputs_with_topics = analyse(inputs, self.encoder, previous)
        warnings, risk = warn(inputs_with_topics)
        segments = [*findings.segments, *customer_segments(inputs_with_topics)]
        finished = replace(
            findings, drivers=explain(inputs_with_topics), warnings=warnings, risk=risk, segments=segments
        )
        return finished, inputs_with_topics

    def judge_by_others(self, rows: Sequence[Labelled]) -> Judged:
        """What models say of each text that were trained without it, and from which confidence on they may answer."""
        from chalicelib.adapters.insights.nightly.type_model import judge_by_others

        return judge_by_others(rows)

    def train(self, rows: Sequence[Labelled], threshold: float, model_id: str) -> StoredModel:
        """The model of these texts, which answers from this confidence on."""
        from chalicelib.adapters.insights.nightly.type_model import train

        return train(rows, threshold, model_id)


def _too_few(inputs: InsightInputs) -> Findings:
    customers = {said.item.customer for said in inputs.said if said.item.customer}
    return Findings(
        shop=inputs.shop, day=inputs.day, first=inputs.first, items=len(inputs.said), customers=len(customers)
    )
