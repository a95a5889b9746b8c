"""What computes the findings of a night, behind one port."""

from collections.abc import Sequence
from functools import cached_property

from msgspec.structs import replace

from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.labelled import Labelled
from chalicelib.domain.insights.night_inputs import NightInputs
from chalicelib.domain.insights.outcomes.segments import customer_segments
from chalicelib.domain.triage.shop_model import Judged, StoredModel
from chalicelib.usecases.ports.learning import Encoder

FEWEST_TEXTS = 30
"""With fewer texts there is nothing to find: no library is loaded for them."""


class NightAnalyst:
    """The `Analyst`. Each library is loaded when it is first needed."""

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of sentences."""
        from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

        return SentenceEncoder()

    def findings(self, inputs: NightInputs, previous: Findings | None) -> Findings:
        """What is found in these inputs. Topics keep the names that they had in the previous findings."""
        if len(inputs.said) < FEWEST_TEXTS:
            return _too_few(inputs)
        from chalicelib.adapters.insights.night.analysis import analyse
        from chalicelib.adapters.insights.night.outcomes import explain, warn

        found = analyse(inputs, self.encoder, previous)
        warnings, risk = warn(inputs)
        segments = [*found.segments, *customer_segments(inputs)]
        return replace(found, drivers=explain(inputs), warnings=warnings, risk=risk, segments=segments)

    def judge_by_others(self, rows: Sequence[Labelled]) -> Judged:
        """What models say of each text that were trained without it, and from which confidence on they may answer."""
        from chalicelib.adapters.insights.night.type_model import judge_by_others

        return judge_by_others(rows)

    def train(self, rows: Sequence[Labelled], threshold: float, model_id: str) -> StoredModel:
        """The model of these texts, which answers from this confidence on."""
        from chalicelib.adapters.insights.night.type_model import train

        return train(rows, threshold, model_id)


def _too_few(inputs: NightInputs) -> Findings:
    customers = {said.item.customer for said in inputs.said if said.item.customer}
    return Findings(
        shop=inputs.shop, day=inputs.day, first=inputs.first, items=len(inputs.said), customers=len(customers)
    )
