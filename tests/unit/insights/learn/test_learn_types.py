"""When a shop's model is trained, and which model answers."""

from collections.abc import Sequence

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.labelled import (
    CORRECTED,
    REPORTED,
    UNTOUCHED,
    Labelled,
    known_text,
    labelled_texts,
    verdict,
)
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.triage.shop_model import Judged, Judgement, StoredModel
from chalicelib.usecases.insights.learn_types import learn_types
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import case_of, opened


class OneTypeAnalyst:
    """Its models call every text a repair, as sure as it is told."""

    def __init__(self, confidence: float = 0.9) -> None:
        self.confidence = confidence
        self.learned: list[list[str]] = []

    def findings(self, inputs: InsightInputs, previous: Findings | None) -> tuple[Findings, InsightInputs]:
        raise AssertionError

    def judge_by_others(self, rows: Sequence[Labelled]) -> Judged:
        return Judged([Judgement("repair", self.confidence, True, ()) for _ in rows], 0.5)

    def train(self, rows: Sequence[Labelled], threshold: float, model_id: str) -> StoredModel:
        self.learned.append([row.id for row in rows])
        return StoredModel(
            format=1,
            id=model_id,
            classes=("question", "repair"),
            hashes=b"",
            weights=b"",
            scale=1.0,
            rules={},
            offsets=(0.0, 5.0),
            threshold=threshold,
            known=b"".join(map(known_text, rows)),
        )


def case(number: int, kind: str = "repair", by: str | None = "agent", status: str = "open") -> Case:
    made = case_of(opened(kind="question", claim=None, order=None))
    parts = {} if by is None else {"typing": {"by": by}}
    case_id = new_id(NOON + number, key_of("case", str(number)))
    return replace(made, id=case_id, type=kind, parts=parts, status=status, opened_at=NOON + number)


def inputs(cases: Sequence[Case], text: str = "it glorps") -> InsightInputs:
    items = [
        FeedbackItem(
            id=each.id, shop=SHOP.id, source="message", at=each.opened_at, language="en", text=text, case=each.id
        )
        for each in cases
    ]
    said = [Said(item=item, day="2026-11-20", sentiment="neutral", mood=0.0) for item in items]
    return InsightInputs(
        shop=SHOP.id,
        time_zone="UTC",
        first="2026-11-01",
        day="2026-11-20",
        said=said,
        cases={each.id: each for each in cases},
        orders={},
    )


def live(services: FakeServices) -> ModelCard | None:
    return next((card for card in services.models.cards(SHOP.id) if card.state == "live"), None)


def test_twenty_corrected_cases_make_a_model_that_answers(services: FakeServices) -> None:
    card = learn_types(services, OneTypeAnalyst(), inputs([case(number) for number in range(20)]))
    assert card is not None
    assert (card.state, card.texts, card.corrections, card.accuracy, card.before) == ("live", 20, 20, 1.0, 0.0)
    assert live(services) is not None


def test_nineteen_do_not(services: FakeServices) -> None:
    assert learn_types(services, OneTypeAnalyst(), inputs([case(number) for number in range(19)])) is None
    assert services.models.cards(SHOP.id) == []


def test_the_same_texts_are_not_learned_from_again(services: FakeServices) -> None:
    analyst, twenty = OneTypeAnalyst(), inputs([case(number) for number in range(20)])
    learn_types(services, analyst, twenty)
    assert learn_types(services, analyst, twenty) is None
    assert len(analyst.learned) == 1


def test_a_model_that_is_worse_than_the_rules_does_not_answer(services: FakeServices) -> None:
    questions = [case(number, "question", None) for number in range(30)]
    card = learn_types(services, OneTypeAnalyst(), inputs(questions, "how many colours does it come in?"))
    assert card is not None
    assert (card.state, card.accuracy) == ("refused", 0.0)
    assert live(services) is None


def test_a_model_that_is_not_sure_leaves_texts_to_the_rules(services: FakeServices) -> None:
    cases = [case(number, "question", None) for number in range(30)]
    card = learn_types(services, OneTypeAnalyst(confidence=0.4), inputs(cases, "how long does it last?"))
    assert card is not None
    assert (card.accuracy, card.coverage, card.state) == (1.0, 0.0, "live")


def test_when_texts_are_erased_the_new_model_takes_the_place_of_the_one_that_knows_them(services: FakeServices) -> None:
    cases, analyst = [case(number) for number in range(30)], OneTypeAnalyst()
    learn_types(services, analyst, inputs(cases))
    services.time += 60_000
    all_said = inputs(cases)
    gone = {each.id for each in cases[:5]}
    left = [replace(said, item=replace(said.item, text="")) if said.item.id in gone else said for said in all_said.said]
    card = learn_types(services, analyst, replace(all_said, said=left))
    assert card is not None
    assert (card.state, card.texts) == ("live", 25)
    assert not gone & set(analyst.learned[-1])


def test_a_model_that_knows_erased_texts_gives_way_even_to_none(services: FakeServices) -> None:
    """What is learned anew is worse than the rules, as its texts are of another type: so the rules answer."""
    cases, analyst = [case(number) for number in range(30)], OneTypeAnalyst()
    learn_types(services, analyst, inputs(cases))
    services.time += 60_000
    questions = [case(100 + number, "question", None) for number in range(60)]
    said = inputs([*cases, *questions], "how many colours does it come in?")
    blank = [
        replace(each, item=replace(each.item, text="")) if place < 30 else each for place, each in enumerate(said.said)
    ]
    card = learn_types(services, analyst, replace(said, said=blank))
    assert card is not None
    assert (card.state, card.texts) == ("refused", 60)
    assert services.models.live(SHOP.id) is None


def test_the_same_texts_are_learned_from_again_when_the_model_is_four_weeks_old(services: FakeServices) -> None:
    analyst, twenty = OneTypeAnalyst(), inputs([case(number) for number in range(20)])
    learn_types(services, analyst, twenty)
    services.time += 60_000
    later = learn_types(services, analyst, replace(twenty, day="2026-12-19"))
    assert later is not None
    assert later.state == "live"


def test_when_too_few_texts_are_left_no_model_answers(services: FakeServices) -> None:
    cases = [case(number) for number in range(20)]
    learn_types(services, OneTypeAnalyst(), inputs(cases))
    learn_types(services, OneTypeAnalyst(), inputs(cases[:3]))
    assert services.models.live(SHOP.id) is None


def test_texts_count_by_who_named_their_type() -> None:
    kinds = [
        ("agent", "open", CORRECTED),
        (None, "open", REPORTED),
        ("rule", "closed", UNTOUCHED),
        ("rule", "open", None),
        ("none", "closed", None),
    ]
    for place, (by, status, weight) in enumerate(kinds):
        one = case(place, by=by, status=status)
        rows = labelled_texts([said.item for said in inputs([one]).said], {one.id: one})
        assert [row.weight for row in rows] == ([weight] if weight else [])


def test_a_new_model_must_not_be_worse_on_texts_that_neither_knows() -> None:
    assert verdict(0.8, 0.8, 10, None)[0]
    assert not verdict(0.7, 0.8, 10, None)[0]
