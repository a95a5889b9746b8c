"""What a text says of its writer's mood, by words of praise and blame in Chinese and English.

What is negated counts as its opposite, what is negated twice as itself, but weaker. Praise that the rest of the text
mocks counts as blame.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from chalicelib.domain.insights import sentiment_cues as cues
from chalicelib.domain.triage.facts import Sentiment


class Mood(NamedTuple):
    """The sentiment of a text, from -1 (blame) to 1 (praise), and the words that it rests on."""

    label: Sentiment
    score: float
    words: tuple[str, ...]


class _Cue(NamedTuple):
    pattern: re.Pattern[str]
    weight: float


def _cue(weight: float, *patterns: str) -> _Cue:
    return _Cue(re.compile("|".join(patterns), re.IGNORECASE), weight)


CUES = (
    _cue(
        -2,  # praise that is mocked
        r"呵呵|真行啊|可真行|好一个|谢谢你们(耽误|浪费)|(真|太)是?(棒|好)了?[，,。！!… ]{0,3}(又|才|还没)",
        r"\bthanks for nothing|\byeah,? right\b|\bjust (great|perfect|wonderful)\b|\boh (great|wonderful|perfect)\b|"
        r"\b(great|perfect|wonderful|brilliant)[,.…! ]{1,3}(another|again|now|so|still)\b|\bgood luck (with|"
        r"getting)\b|🙄|🙃",
    ),
    _cue(
        2,  # phrases of praise that look like blame
        r"无可挑剔|挑不出(毛病|缺点)|没得说|没话说|没毛病|没有?(什么|任何)?(问题|缺点|毛病)",
        r"\bcan(no|'|’)?t (complain|fault|recommend (\w+ )?(highly )?enough)|\bno complaints?\b|"
        r"\bcouldn['’]?t be (happier|better)|\bno (issues?|problems?)\b|\bnothing (bad|wrong)\b",
    ),
    _cue(
        1,  # negated twice
        r"(不是|并非|不能说|没有)不(满意|喜欢|好看|好用|好|推荐|值得|舒服)|不得不(说好|夸|赞)",
        r"\b(not|isn['’]?t|wasn['’]?t) (un(happy|satisfied|pleasant|helpful)|dis(satisfied|pleased)|without)\b|"
        r"\bnever (fails?|failed) to\b",
    ),
    _cue(
        -1,  # wishes and states that lack what was paid for
        r"(没|未|还没|从没|根本没)有?(收到|到货|送到|发货|退|回复|解决)|收不到|等了.{0,6}(天|周|个?月|星期)|没用|不好|"
        r"不能用|用不了|开不了|"
        r"打不开|充不进|失灵|卡顿|死机|少了|缺",
        r"\b(never|not|hasn['’]?t|haven['’]?t|didn['’]?t|still no) (\w+ )?(arriv|receiv|got\b|com(e|ing)\b|deliver|"
        r"work|turn)\w*|"
        r"\bwon['’]?t (turn|charge|work|start|open)|\bstopped working|\bunhappy|\bdissatisfied|\bdoes(n['’]?t|"
        r" not) work",
    ),
    _cue(-1, *cues.NEGATED_PRAISE),
    _cue(0.5, *cues.NEGATED_BLAME),
    _cue(
        1,
        r"太(好|棒|赞|喜欢|值|满意|贴心)了?|(非常|真的?|特别|超级?)(好|棒|喜欢|满意|赞)|[💯🙏🥳😘🤩👏💖♥]",
        *cues.PRAISE,
    ),
    _cue(-1, r"[😭😱😩😫🤮💩😒☹🙁😣😖]", *cues.BLAME),
)
"""The cues in the order in which they are looked for: words that one has taken count for no other."""
MOST_CUES = 40
"""So many words of each kind are counted."""
MARGIN = 0.2
MOST_WORDS = 6


def mood_of(text: str) -> Mood:
    """The mood of a text; neutral where nothing praises or blames. Only its beginning is read."""
    cues_met = list(_cues_in(text[: cues.READ]))
    balance = sum(weight for weight, _ in cues_met)
    score = round(balance / (sum(abs(weight) for weight, _ in cues_met) + 0.5), 2)
    label: Sentiment = "positive" if score > MARGIN else "negative" if score < -MARGIN else "neutral"
    words = tuple(dict.fromkeys(word for weight, word in cues_met if label == "neutral" or weight * balance > 0))
    return Mood(label, score, words[:MOST_WORDS])


def _cues_in(text: str) -> Iterator[tuple[float, str]]:
    for pattern, weight in CUES:
        matches = [match.group() for match in islice(pattern.finditer(text), MOST_CUES) if match.group()]
        yield from ((weight, word) for word in matches)
        text = pattern.sub("；", text) if matches else text
