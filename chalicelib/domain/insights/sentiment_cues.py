"""Words that praise and words that blame, in Chinese and English, with what negates them and with emoji."""

import re

PRAISE = (
    r"满意|喜欢|好评|推荐|回购|很棒|太棒|真棒|好用|好看|漂亮|给力|划算|性价比|超值|贴心|耐心|热情|周到|惊喜|感谢|谢谢|点赞|个赞|完美|"
    r"值得|物美价廉|靠谱|舒服|很快|真快|很好|挺好|不错|无敌|五星|解决了|搞定",
    r"\b(lov(e|ed|ely|ing)|great|excellent|perfect(ly)?|amazing|awesome|fantastic|wonderful|happy|pleased|delighted|"
    r"recommend|beautiful|brilliant|superb|unbeatable|patient|friendly|helpful|thank(s| you)|impressed|best|nice|good|"
    r"works (well|great)|quick(ly)?|smooth(ly)?|sorted|appreciate|five stars|bargain|"
    r"comfortable)\b|[😀😃😄😁😊😍🥰👍❤🎉]",
)
BLAME = (
    r"坏了|又坏|失望|差评|垃圾|太差|很差|太慢|离谱|骗|假货|生气|气死|恶心|后悔|无语|敷衍|糊弄|破了|碎了|烂|裂|漏|脏|丢了|少了|"
    r"没收到|没反应|没人|不管|不理|不行|不动|不发货|发错|投诉|举报|态度|恶劣|吓|冒烟|掉色|色差|太|凭什么|怎么还|到底|搞什么|压根|根本",
    r"\b(broken?|broke|terrible|awful|horrible|worst|bad|poor(ly)?|rude|disappoint\w*|useless|ridiculous|unacceptable|"
    r"angry|furious|wrong|missing|lost|late|delay(ed)?|never again|scam|fraud|cheat\w*|fake|lied?|lying|torn|crack\w*|"
    r"leak\w*|damaged|faulty|fail(s|ed)?|ignor\w+|stupid|dumb|seriously|still (no|not|waiting)|nobody|no one|"
    r"nothing like|regret|waste|disgust\w*|complain\w*|again and again|wtf|hell)\b|[😡😠🤬😤😞😢😭👎💔]",
)
NEGATED_PRAISE = (
    r"(不|没|没有|不太|不怎么|不是很|谈不上)(满意|喜欢|推荐|好用|好看|值得|靠谱|舒服|耐心|周到|快|好)",
    r"\b(not|never|no|hardly|isn.t|wasn.t|don.t|didn.t|doesn.t|aren.t|won.t|can.t|couldn.t)\s+(\w+\s+){0,2}?"
    r"(good|great|happy|pleased|recommend|love|helpful|nice|work\w*|worth|patient|friendly|impressed|perfect)\b",
)
NEGATED_BLAME = (
    r"(不|没|没有|不算|不会)(坏|差|失望|后悔|慢|破|碎|脏)",
    r"\b(not|never|no|isn.t|wasn.t|don.t|didn.t|doesn.t)\s+(\w+\s+){0,2}?(bad|disappointed|regret|wrong|late|broken|damaged)\b",
)
READ = 2000
"""Characters of a text that are read."""
CUES = ("praise", "blame", "both", "neither")


def _compiled(patterns: tuple[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_PRAISE, _BLAME, _NO_PRAISE, _NO_BLAME = map(_compiled, (PRAISE, BLAME, NEGATED_PRAISE, NEGATED_BLAME))


def sentiment_cue(text: str) -> str:
    """Whether the words of a text praise, blame, do both or neither. What is negated counts as its opposite, and what
    is negated twice ("not without", 不是不) is left to those who learn from examples."""
    rest, praised_not = _NO_PRAISE.subn(" ", text[:READ])
    rest, blamed_not = _NO_BLAME.subn(" ", rest)
    praises = bool(blamed_not or _PRAISE.search(rest))
    blames = bool(praised_not or _BLAME.search(rest))
    if praises and blames:
        return "both"
    if praises or blames:
        return "praise" if praises else "blame"
    return "neither"
