"""How good answers are: each function compares rows with their gold and rows of answers, in the same order."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import log
from statistics import fmean

from infra.learn.rows import Row

Figures = Mapping[str, float]


def labels(gold: Sequence[Row], answers: Sequence[Row]) -> Figures:
    """Accuracy and macro F1 of the best class, of rows that have one; of the answers not abstained on, the precision,
    and the coverage: the right ones as a share of the rows with a class. Of the others, the share refused."""
    from sklearn.metrics import f1_score

    inside = [place for place, row in enumerate(gold) if row["label"] is not None]
    truth, best = [gold[place]["label"] for place in inside], [answers[place]["best"] for place in inside]
    given = [place for place, answer in enumerate(answers) if answer["label"] is not None]
    right = sum(answers[place]["label"] == gold[place]["label"] for place in given)
    outside = [place for place, row in enumerate(gold) if row["label"] is None]
    refused = fmean(answers[place]["label"] is None for place in outside) if outside else 1.0
    return {
        "accuracy": fmean(a == b for a, b in zip(truth, best, strict=True)),
        "macro F1": float(f1_score(truth, best, labels=sorted(set(truth)), average="macro", zero_division=0)),
        "precision": right / max(1, len(given)),
        "coverage": right / max(1, len(inside)),
        "refused": refused,
    }


def search(gold: Sequence[Row], answers: Sequence[Row]) -> Figures:
    """Of the questions that something answers, how often it is the first or among the first five; the precision of the
    answers given, and their coverage."""
    asked = [(set(row["gold"]), answer) for row, answer in zip(gold, answers, strict=True) if row["gold"]]
    given = [
        (set(row["gold"]), answer["answer"]) for row, answer in zip(gold, answers, strict=True) if answer["answer"]
    ]
    right = sum(answer in ids for ids, answer in given)
    return {
        "R@1": fmean(bool(ids & set(answer["ranking"][:1])) for ids, answer in asked),
        "R@5": fmean(bool(ids & set(answer["ranking"][:5])) for ids, answer in asked),
        "precision": right / max(1, len(given)),
        "coverage": right / len(asked),
    }


def pairs(gold: Sequence[Row], answers: Sequence[Row]) -> Figures:
    """F1 over the pairs of all rows."""
    truth = [{tuple(pair) for pair in row["pairs"]} for row in gold]
    said = [{tuple(pair) for pair in answer["pairs"]} for answer in answers]
    both = sum(len(own & other) for own, other in zip(truth, said, strict=True))
    return {"F1": 2 * both / max(1, sum(map(len, truth)) + sum(map(len, said)))}


def risk(gold: Sequence[Row], answers: Sequence[Row]) -> Figures:
    """AUC; Brier skill (the part of the variance that is explained); the expected calibration error in ten parts of
    equal size; the precision among the tenth at the highest risk."""
    from sklearn.metrics import roc_auc_score

    ranked = sorted(
        ((answer["risk"], row["bad"]) for row, answer in zip(gold, answers, strict=True)), key=lambda at: -at[0]
    )
    base = fmean(bad for _, bad in ranked)
    brier = fmean((risk - bad) ** 2 for risk, bad in ranked)
    bounds = [len(ranked) * part // 10 for part in range(11)]
    parts = [ranked[start:end] for start, end in pairwise(bounds) if end > start]
    error = sum(abs(sum(risk - bad for risk, bad in part)) for part in parts) / len(ranked)
    return {
        "AUC": float(roc_auc_score([bad for _, bad in ranked], [risk for risk, _ in ranked])),
        "Brier skill": 1 - brier / (base * (1 - base)),
        "ECE": error,
        "precision at 10 %": fmean(bad for _, bad in ranked[: len(ranked) // 10]),
    }


def npmi(texts: Sequence[set[str]], topics: Sequence[Sequence[str]]) -> float:
    """The mean normalised pointwise mutual information of the pairs of words that name a topic (Bouma 2009)."""
    named = {word for words in topics for word in words}
    alone = Counter(word for words in texts for word in words & named)
    together = Counter(pair for words in texts for pair in combinations(sorted(words & named), 2))
    scores = []
    for first, second in (pair for words in topics for pair in combinations(sorted(words), 2)):
        share = together[first, second] / len(texts)
        chance = alone[first] * alone[second] / len(texts) ** 2
        scores.append(log(share / chance) / -log(share) if 0 < share < 1 else -1.0)
    return fmean(scores)


def stability(topics: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> float:
    """The mean Jaccard index of the words of topics of two runs, matched from the most alike on."""
    shares = sorted(
        (
            (len({*a} & {*b}) / len({*a} | {*b}), row, column)
            for row, a in enumerate(topics)
            for column, b in enumerate(others)
        ),
        reverse=True,
    )
    rows, columns, matched = set[int](), set[int](), []
    for share, row, column in shares:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            matched.append(share)
    return fmean(matched)


def purity(gold: Sequence[str], topics: Sequence[str]) -> float:
    """The share of texts whose label is the most frequent one of their topic."""
    by_topic = defaultdict[str, Counter[str]](Counter)
    for label, topic in zip(gold, topics, strict=True):
        by_topic[topic][label] += 1
    return sum(max(counts.values()) for counts in by_topic.values()) / len(gold)
