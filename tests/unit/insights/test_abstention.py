"""A model answers from the lowest confidence at which its answers are right often enough."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.abstention import answering_threshold, common_threshold

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)
PRECISIONS = st.floats(0.5, 1)


@given(answers=ANSWERS, precision=PRECISIONS)
def test_answers_from_the_threshold_on_are_right_as_often_as_asked(
    answers: list[tuple[float, bool]], precision: float
) -> None:
    given_answers = [right for confidence, right in answers if confidence >= answering_threshold(answers, precision)]
    assert sum(given_answers) >= precision * len(given_answers)


@given(answers=ANSWERS, precision=PRECISIONS)
def test_no_lower_threshold_would_do(answers: list[tuple[float, bool]], precision: float) -> None:
    threshold = answering_threshold(answers, precision)
    for lower in {confidence for confidence, _ in answers if confidence < threshold}:
        rights = [right for confidence, right in answers if confidence >= lower]
        assert sum(rights) < precision * len(rights)


@given(answers=ANSWERS, data=st.data())
def test_the_order_of_the_answers_does_not_matter(answers: list[tuple[float, bool]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(answers))
    assert answering_threshold(shuffled, 0.9) == answering_threshold(answers, 0.9)


def test_few_answers_must_be_better_than_asked_by_their_standard_error() -> None:
    """Of 100 answers that are to be right in 80 %, one standard error is √(0.8 · 0.2 / 100) = 4 %."""
    for right, does in ((83, False), (84, True)):
        answers = [(0.9, place < right) for place in range(100)]
        assert (answering_threshold(answers, 0.8, margin=1) == 0.9) is does


def test_where_no_answer_was_right_none_is_given() -> None:
    assert answering_threshold([(0.9, False), (0.1, False)], 0.5) == inf


def test_a_common_threshold_suits_every_group_by_itself() -> None:
    easy = [(0.9, True)] * 100
    hard = [(0.3, False), (0.5, True), (0.6, False), (0.7, True), (0.8, True)]
    assert common_threshold([easy, hard], 0.75) == 0.5
    assert common_threshold([easy, hard], 0.8) == 0.7
    assert common_threshold([easy], 0.75) == 0.9
    assert common_threshold([[(0.5, False)]], 0.75) == inf
    assert common_threshold([], 0.75) == inf
