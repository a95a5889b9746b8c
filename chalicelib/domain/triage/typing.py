"""What a text is about, by rules and the model of its shop, with abstention where they contradict each other or say
nothing."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple, cast

from msgspec import Struct

from chalicelib.domain.insights import case_types
from chalicelib.domain.insights.said_reasons import aspects_of, reason_of
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.triage.facts import CaseTyped, Sentiment, TypedBy, Urgency
from chalicelib.domain.triage.sentiment import Mood, mood_of
from chalicelib.domain.triage.shop_model import ShopModel
from chalicelib.domain.triage.urgency import haste_of

NOT_WANTED = re.compile(
    r"(?<!不是)(不是要|不是想|不想|不用|不需要|不要求|无需|没想|没打算|不打算|不必|先不)(再|申请|给我|办理)?(退货|退款|退|换货|换|投诉|维修|修)|"
    r"(?<!not that i )\b(do not|don['’]?t|not|without|no need|rather not)( (want|need|asking|looking|here))?"
    r"( (to|for))?( (a|an|my|any|the))? (refund|return|exchange|repair|complain|complaint|replacement|swap)(ing|s)?\b",
    re.IGNORECASE,
)
"""Wishes that a text says its writer does not have."""
_RULES = {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in case_types.RULES.items()}
ONE_TYPE = 0.85
"""The confidence when words speak for one type alone."""
MONEY_WANTED = 0.75
"""The confidence for a refund among several types: who names money wants it, whatever else they tell."""
ONLY_ASKED = 0.7
"""The confidence for a question: it only asks, and names nothing else."""
UNCERTAIN = 0.4
"""The confidence in the best of several types. Typing abstains below `ABSTAINS_BELOW`."""
ABSTAINS_BELOW = 0.6
WITH_REASON: frozenset[CaseType] = frozenset(
    ("order_issue", "return", "exchange", "repair", "refund", "complaint", "review")
)
"""The types whose cases have a reason: a question asks, and complains of nothing."""
TROUBLE: frozenset[Urgency] = frozenset(("safety", "money", "legal", "third_contact"))
"""Reasons of urgency about which nobody writes in a good mood."""
MOST_WORDS = 8
LONGEST_WORD = 24


class Typing(Struct, frozen=True, kw_only=True):
    """What is understood of a text; `CaseTyped` says what each field is."""

    type: CaseType
    by: TypedBy
    confidence: float
    reason: str | None = None
    sentiment: Sentiment = "neutral"
    score: float = 0.0
    urgent: tuple[Urgency, ...] = ()
    words: tuple[str, ...] = ()
    model: str | None = None
    aspects: tuple[str, ...] = ()
    product: str | None = None

    def fact(self) -> CaseTyped:
        """That a case was typed so."""
        return CaseTyped(
            kind=self.type,
            by=self.by,
            confidence=self.confidence,
            reason=self.reason,
            sentiment=self.sentiment,
            score=self.score,
            urgent=self.urgent,
            words=self.words,
            model=self.model,
            aspects=self.aspects,
            product=self.product,
        )


def type_text(text: str, model: ShopModel | None = None) -> Typing:
    """What a customer's text is about, by the model of its shop where that is certain, and else by rules of both
    languages: a text may mix them. Only its beginning is read."""
    spoken_for = _words_of_types(text)
    answer = _answer(text, spoken_for, model)
    haste = haste_of(text)
    mood = _with_trouble(mood_of(text), troubles=answer.best == "complaint" or not TROUBLE.isdisjoint(haste.why))
    words = dict.fromkeys((*answer.words, *haste.words, *mood.words))
    return Typing(
        type="question" if answer.by == "none" else answer.best,
        by=answer.by,
        confidence=answer.confidence,
        reason=reason_of(text) if answer.by != "none" and answer.best in WITH_REASON else None,
        aspects=tuple(aspects_of(text)),
        model=answer.model,
        sentiment=mood.label,
        score=mood.score,
        urgent=haste.why,
        words=tuple(word[:LONGEST_WORD] for word in islice(words, MOST_WORDS)),
    )


class _Answer(NamedTuple):
    best: CaseType
    confidence: float
    by: TypedBy
    words: tuple[str, ...]
    model: str | None = None


def _answer(text: str, spoken_for: Mapping[CaseType, tuple[str, ...]], model: ShopModel | None) -> _Answer:
    judged = model.judge(text, tuple(spoken_for)) if model is not None else None
    if model is not None and judged is not None and judged.is_answer:
        words = (*spoken_for.get(judged.type, ()), *judged.words)
        return _Answer(judged.type, round(judged.confidence, 3), "model", words, model.stored.id)
    best, confidence = _best(spoken_for)
    return _Answer(best, confidence, "rule" if confidence >= ABSTAINS_BELOW else "none", spoken_for.get(best, ()))


def _with_trouble(mood: Mood, troubles: bool) -> Mood:
    """A text without words of praise or blame that reports trouble is negative, but weakly."""
    return Mood("negative", -0.3, ()) if troubles and not mood.score else mood


def _words_of_types(text: str) -> Mapping[CaseType, tuple[str, ...]]:
    """The words that speak for each type, in the order of the rules."""
    read = NOT_WANTED.sub("；", text[: case_types.READ])
    spoken_for = {
        name: tuple(dict.fromkeys(match.group() for match in islice(rule.finditer(read), 3)))
        for name, rule in _RULES.items()
    }
    return {cast("CaseType", name): words for name, words in spoken_for.items() if words}


def _best(spoken_for: Mapping[CaseType, object]) -> tuple[CaseType, float]:
    """The most likely type, and how sure that is. The confidences are shares of messages that were typed rightly
    (docs/decisions/0038-typing.md)."""
    wishes = [name for name in spoken_for if name != "question"]
    if len(wishes) == 1:
        return wishes[0], ONE_TYPE
    if "refund" in wishes:
        return "refund", MONEY_WANTED
    if wishes:
        return wishes[0], UNCERTAIN
    return "question", ONLY_ASKED if spoken_for else 0.0
