"""How a case of the history went on: who got it, what was answered when, how it ended, and how it was rated."""

import random
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from infra.samples.history.scenes import Scene
from infra.samples.history.words import Words

FIRST_REPLY_MINUTES = {"chat": 2, "phone": 1, "social": 25, "web": 55, "email": 130, "review": 240}
"""The median by channel; others have that of the web."""
HOURS_TO_END = {
    "question": 3,
    "order_issue": 26,
    "return": 48,
    "exchange": 56,
    "repair": 72,
    "refund": 40,
    "complaint": 30,
    "review": 24,
}
"""The median from the first reply to the end."""
SLOW = 7.0
"""How many times as long a slow team's first replies take; the rest takes half as much longer."""
WORKS_FROM, WORKS_UNTIL = 8, 22
"""Outside these hours nobody answers but chat and phone."""
SHARE_OF_SHORT = 0.3
"""The share of questions that one message answers and ends."""
SHARE_ANSWERED = 0.46
BASE_SCORES = {5: 52, 4: 28, 3: 10, 2: 5, 1: 5}
POOR_SCORES = {5: 4, 4: 8, 3: 20, 2: 28, 1: 40}
"""What customers give who waited too long, or had written a bad review."""
BATCH_SCORES = {4: 5, 3: 15, 2: 30, 1: 50}


class Step(NamedTuple):
    """Something that happened on a case."""

    at: datetime
    type: str
    data: dict[str, Any]


def course_of(words: Words, scene: Scene, until: datetime) -> list[Step]:
    """What happened after the opening, in order, all of it before `until`."""
    chance = random.Random(f"course {scene.number}")  # noqa: S311 - the same each time, nothing secret
    replied_at = _first_reply(scene, chance)
    ended_at = replied_at + timedelta(hours=_around(HOURS_TO_END[scene.kind], chance) * (1 + scene.slow / 2))
    steps = [Step(scene.opened_at + (replied_at - scene.opened_at) / 3, "case.assigned", _assignment(scene))]
    if not (scene.kind == "question" and chance.random() < SHARE_OF_SHORT):
        steps.append(Step(replied_at, "case.replied", _reply(words, scene, "replies", chance)))
        steps += _exchange_of_words(words, scene, replied_at, ended_at, chance)
    else:
        ended_at = replied_at
    steps.append(Step(ended_at, "case.closed", _reply(words, scene, "endings", chance)))
    if chance.random() < SHARE_ANSWERED:
        steps.append(
            Step(ended_at + timedelta(hours=_around(5, chance)), "survey.answered", _answer(words, scene, chance))
        )
    return _fitted(steps, scene.opened_at, until, chance)


def _fitted(steps: list[Step], opened_at: datetime, until: datetime, chance: random.Random) -> list[Step]:
    """The steps, quicker if they would not be over in time."""
    room, length = until - timedelta(minutes=10) - opened_at, steps[-1].at - opened_at
    if length <= room:
        return steps
    quicker = chance.uniform(0.4, 1) * (room / length)
    return [step._replace(at=opened_at + (step.at - opened_at) * quicker) for step in steps]


def _around(median: float, chance: random.Random) -> float:
    """A duration: never negative, sometimes much longer than the median."""
    return median * chance.lognormvariate(0, 0.7)


def _first_reply(scene: Scene, chance: random.Random) -> datetime:
    minutes = _around(FIRST_REPLY_MINUTES.get(scene.channel, FIRST_REPLY_MINUTES["web"]), chance)
    at = scene.opened_at + timedelta(minutes=minutes * (SLOW if scene.slow else 1))
    if scene.channel in ("chat", "phone") or WORKS_FROM <= at.hour < WORKS_UNTIL:
        return at
    morning = at.replace(hour=WORKS_FROM, minute=0) + timedelta(minutes=_around(40, chance))
    return morning + timedelta(days=at.hour >= WORKS_UNTIL)


def _assignment(scene: Scene) -> dict[str, Any]:
    return {"assignee": scene.agent, "team": scene.team}


def _reply(words: Words, scene: Scene, which: str, chance: random.Random) -> dict[str, Any]:
    said = words.replies[scene.language][scene.kind] if which == "replies" else words.endings[scene.language]
    text = chance.choice(said).format(name=scene.customer.name.partition(" ")[0])
    return {"agent": scene.agent, "message": text}


def _exchange_of_words(
    words: Words, scene: Scene, replied_at: datetime, ended_at: datetime, chance: random.Random
) -> list[Step]:
    """The customer writes back, and in longer cases is answered once more."""
    steps, length = list[Step](), ended_at - replied_at
    if chance.random() < (0.6 if scene.batch or scene.kind == "complaint" else 0.28):
        asked = {"author": "customer", "message": chance.choice(words.asks[scene.language])}
        steps.append(Step(replied_at + length * 0.3, "message.received", asked))
        if chance.random() < 0.35:
            steps.append(Step(replied_at + length * 0.5, "case.replied", _reply(words, scene, "replies", chance)))
    return steps


def _answer(words: Words, scene: Scene, chance: random.Random) -> dict[str, Any]:
    scores = POOR_SCORES if scene.slow or scene.kind == "review" else BASE_SCORES
    scores = BATCH_SCORES if scene.batch else scores
    csat = chance.choices(list(scores), list(scores.values()))[0]
    answer: dict[str, Any] = {"csat": csat, "nps": max(0, min(10, 2 * csat + chance.randrange(-2, 2)))}
    if chance.random() < 0.7:
        answer["ces"] = max(1, min(7, csat + chance.randrange(3)))
    if chance.random() < 0.4:
        answer["comment"] = chance.choice(words.comments[scene.language][csat])
    return answer
