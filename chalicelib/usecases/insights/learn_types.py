"""Train the model of a shop that types texts on arrival, and let it answer if it is not worse than what answers now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.labelled import (
    FEWEST,
    Labelled,
    digest_of,
    known_text,
    knows_erased,
    labelled_texts,
    texts_known,
    verdict,
)
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.insights.model_figures import calibration_of, drift_of
from chalicelib.domain.insights.outcomes.shares import share_interval
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, next_day
from chalicelib.domain.triage.shop_model import Judgement, ShopModel, StoredModel, pack_model, read_model
from chalicelib.domain.triage.typing import type_text
from chalicelib.usecases.ports.insights import Analyst

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasModels

    class LearnTypesServices(HasClock, HasModels, Protocol):
        """The services that `learn_types` uses."""


WEEK_MS = 7 * DAY_MS
LONGEST_DAYS = 28
"""A model answers no longer than so many days: texts of people who are erased after the job stopped reading them leave
it by then."""


def learn_types(services: "LearnTypesServices", analyst: Analyst, inputs: InsightInputs) -> ModelCard | None:
    """The card of the model of this run; None if there is nothing new to learn, or too little."""
    openings = [said.item for said in inputs.said if said.item.id == said.item.case]
    rows = labelled_texts(openings, inputs.cases)
    live = next((card for card in services.models.cards(inputs.shop) if card.state == "live"), None)
    if live is not None and live.day > inputs.day:
        return None  # an earlier day that is computed again knows less than what answers
    gives_way = live is not None and (len(rows) < FEWEST or _must_give_way(services, live, inputs, openings))
    digest = digest_of(rows)
    is_learned = any(card.inputs == digest for card in services.models.cards(inputs.shop)[:1])
    card = None
    if len(rows) >= FEWEST and (gives_way or not is_learned):
        card = _learned(services, analyst, inputs, rows, None if gives_way else live)
    if gives_way and (card is None or card.state == "refused"):
        services.models.put_live(inputs.shop, None)
    return card


def _learned(
    services: "LearnTypesServices",
    analyst: Analyst,
    inputs: InsightInputs,
    rows: Sequence[Labelled],
    live: ModelCard | None,
) -> ModelCard:
    """The card of a model of these texts, stored; it is compared with what is live, or else with that of the start."""
    digest, now = digest_of(rows), services.now()
    judged = analyst.judge_by_others(rows)
    model = analyst.train(rows, judged.threshold, new_id(now, key_of("model", inputs.shop, digest)))
    card = replace(_card(services, inputs, rows, judged.judgements, model, live), inputs=digest, trained_at=now)
    services.models.save(inputs.shop, card, pack_model(model))
    return card


def _must_give_way(
    services: "LearnTypesServices", live: ModelCard, inputs: InsightInputs, openings: Sequence[FeedbackItem]
) -> bool:
    """Whether what answers may do so no longer, however good it is: a new model is then compared with the model that
    every shop starts with."""
    if live.day < next_day(inputs.day, -LONGEST_DAYS):
        return True
    stored = services.models.live(inputs.shop)
    model = read_model(stored) if stored else None
    return model is not None and knows_erased(model.stored.known, openings)


def _card(
    services: "LearnTypesServices",
    inputs: InsightInputs,
    rows: Sequence[Labelled],
    judged: Sequence[Judgement],
    model: StoredModel,
    live: ModelCard | None,
) -> ModelCard:
    live_model = services.models.live(inputs.shop) if live is not None else services.models.start()
    present = read_model(live_model) if live_model else None
    right = [_answer(row, each, model.threshold) == row.label for row, each in zip(rows, judged, strict=True)]
    unseen = _unseen(rows, present)
    before = _mean([type_text(rows[place].text, present).type == rows[place].label for place in unseen])
    is_live, why = verdict(_mean([right[place] for place in unseen]), before, len(unseen), live)
    answered = [each.type == row.label for row, each in zip(rows, judged, strict=True) if _answers(each, model)]
    return ModelCard(
        id=model.id,
        task="type",
        day=inputs.day,
        trained_at=0,
        texts=len(rows),
        corrections=sum(row.is_correction for row in rows),
        classes={name: sum(row.label == name for row in rows) for name in model.classes},
        bytes=len(pack_model(model)),
        accuracy=_mean(right),
        accuracy_interval=share_interval(sum(right), len(right)),
        precision=_mean(answered),
        precision_interval=share_interval(sum(answered), len(answered)),
        coverage=sum(answered) / len(rows),
        threshold=model.threshold,
        before=before,
        unseen=len(unseen),
        calibration=calibration_of([(e.confidence, e.type == r.label) for r, e in zip(rows, judged, strict=True)]),
        state="live" if is_live else "refused",
        why=why,
        drift=drift_of(
            [row.text for row in rows], [row.text for row in rows if row.known_at > services.now() - WEEK_MS]
        ),
    )


def _answer(row: Labelled, judged: Judgement, threshold: float) -> str:
    """What would have been said of a text by a model that does not know it, or else by the rules."""
    return judged.type if judged.confidence >= threshold else type_text(row.text).type


def _answers(judged: Judgement, model: StoredModel) -> bool:
    return judged.confidence >= model.threshold


def _unseen(rows: Sequence[Labelled], present: ShopModel | None) -> list[int]:
    """The places of the texts that the present model has not learned from, or not with this type."""
    learned = texts_known(present.stored.known) if present is not None else set()
    return [place for place, row in enumerate(rows) if known_text(row) not in learned]


def _mean(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0
