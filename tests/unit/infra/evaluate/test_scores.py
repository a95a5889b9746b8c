"""Figures of answers, counted by hand."""

import pytest

from infra.evaluate import scores
from infra.learn.rows import Row


def test_a_label_counts_for_accuracy_by_its_best_and_for_precision_where_it_was_given() -> None:
    gold: list[Row] = [{"label": "a"}, {"label": "a"}, {"label": "b"}, {"label": None}, {"label": None}]
    said = [("a", "a"), (None, "a"), ("a", "a"), ("a", "a"), (None, "b")]
    answers: list[Row] = [{"label": label, "best": best} for label, best in said]
    figures = scores.labels(gold, answers)
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["macro F1"] == pytest.approx(0.4)
    assert figures["precision"] == pytest.approx(1 / 3)
    assert figures["coverage"] == pytest.approx(1 / 3)
    assert figures["refused"] == 0.5


def test_a_question_that_nothing_answers_counts_for_the_precision_alone() -> None:
    gold: list[Row] = [{"gold": ["x"]}, {"gold": ["y"]}, {"gold": []}]
    answers: list[Row] = [
        {"ranking": ["x", "y"], "answer": "x"},
        {"ranking": ["x", "y"], "answer": None},
        {"ranking": ["x"], "answer": "x"},
    ]
    assert scores.search(gold, answers) == {"R@1": 0.5, "R@5": 1.0, "precision": 0.5, "coverage": 0.5}


def test_pairs_are_compared_row_by_row() -> None:
    gold = [{"pairs": [["food", "+"], ["staff", "-"]]}, {"pairs": [["food", "-"]]}]
    answers = [{"pairs": [["food", "+"]]}, {"pairs": [["food", "+"]]}]
    assert scores.pairs(gold, answers)["F1"] == pytest.approx(2 / 5)


def test_risks_that_rank_and_fit_perfectly_have_no_error() -> None:
    gold = [{"bad": int(place < 2)} for place in range(20)]
    figures = scores.risk(gold, [{"risk": float(row["bad"])} for row in gold])
    assert figures == {"AUC": 1.0, "Brier skill": 1.0, "ECE": 0.0, "precision at 10 %": 1.0}


def test_words_that_always_come_together_attract_each_other_fully() -> None:
    texts = [{"a", "b"}, {"a", "b"}, {"c"}, {"d"}]
    assert scores.npmi(texts, [["a", "b"]]) == pytest.approx(1)
    assert scores.npmi(texts, [["a", "c"]]) == -1


def test_the_same_topics_in_another_order_are_stable_and_labels_of_their_own_pure() -> None:
    topics = [["a", "b"], ["c", "d"]]
    assert scores.stability(topics, topics[::-1]) == 1
    assert scores.purity(["x", "x", "y"], ["t0", "t0", "t1"]) == 1
    assert scores.purity(["x", "y"], ["t0", "t0"]) == 0.5
