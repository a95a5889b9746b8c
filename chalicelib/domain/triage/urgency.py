"""When a text is urgent: a list of reasons, each with its words in Chinese and English."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.domain.insights.sentiment_cues import READ
from chalicelib.domain.kernel.enums import PRIORITIES, Priority
from chalicelib.domain.triage.facts import Urgency

RULES: Mapping[Urgency, tuple[str, str]] = {
    "safety": (
        r"冒烟|冒火|火花|起火|着火|烧起来|烧焦|爆炸|炸了|会不会炸|鼓包|电池.{0,4}鼓|发烫|烫伤|触电|漏电|电到|电了我|"
        r"划伤|割伤|流血|中毒|过敏|"
        r"异物|玻璃渣|呕吐|吐了|铅超标|窒息|送医|医院|救护",
        r"\bsmok(e|ing)\b|\bspark(s|ed|ing)?\b|\b(on|caught|catch(es|ing)?) fire\b|\bflames?\b|explod|explosion|"
        r"\bbulg(e|ing)|"
        r"\bswollen batter|\bburn(t|ed|s|ing)?\b(?! (through|out))|(red|burning|very|too|so) hot\b|"
        r"electric shock|electrocut|"
        r"\bshocked me|"
        r"\bshards?\b|\bswallow|\bchok(e|ed|ing)|allergic|\brash\b|\bbleed|\bpoison|\binjur|\bhospital|\bvomit|"
        r"\blead paint",
    ),
    "money": (
        r"重复扣|扣了(我)?(两|二|2|三|3)(次|遍|回|笔)|多扣|扣了两|两回钱|两笔(扣款|钱)|盗刷|被盗|盗用|不是我(下|买|"
        r"付)的?|没下过(这个)?单|"
        r"诈骗|冒充|转走|钱.{0,4}没了|卡里(却)?少",
        r"charged (me |us )?(twice|two times|double|again)|double[- ]charg|twice for (one|the same)|\bstolen card|"
        r"using my card|my card was used|never (placed|ordered|made) (this|that|the|any|an)|did(n['’]?t| not) (place|"
        r"make) this "
        r"order|unauthori[sz]ed|\bfraud|\bscammed|\bphish|posing as|emptied my|money (is|has) gone|are gone from my",
    ),
    "legal": (
        r"(?<!\d)123(15|45)(?!\d)|消协|消费者协会|工商|市场监管|法院|起诉|律师|律师函|报警|警察|记者|媒体|曝光|上新闻|仲裁",
        r"\blawyer|\battorney|\bsue (you|them)\b|\bsuing|\b(in|to|claims) court\b|legal action|ombudsman|"
        r"consumer (protection|association|rights|council)|trading standards|\bpolice\b|\bjournalist|\breporter|"
        r"\bthe press\b|"
        r"\bnewspaper|data breach|charge ?back",
    ),
    "vulnerable": (
        r"孕妇|怀孕|婴儿|宝宝|新生儿|老人|老年|高龄|残疾|残障|轮椅|视障|盲人|失明|听障|病人|住院|癌|透析|呼吸机|"
        r"助听器|[789]十多?岁|[789]\d岁",
        r"\bpregnan|\bnewborn|\binfant|\bmy baby\b|\belderly|\b(7|8|9)\d[- ]year[- ]old|\bdisab(led|ility)|"
        r"\bwheelchair|"
        r"\bblind\b|\bdeaf\b|\bcancer\b|\bdialysis|\boxygen\b|\bhearing aid|\bin hospital",
    ),
    "third_contact": (
        r"第[三四五六七八九十3-9]\s*(次|遍|回|台|封|条|个电话)|(联系|问|催|打|找|说|投诉|反映|修|换|"
        r"发)了?.{0,6}[三四五六七八九3-9]\s*(次|遍|回|个电话)|"
        r"[三四五六七八九]遍|好几次|无数次|多次(联系|反映|投诉|催)",
        r"\b(third|fourth|fifth|sixth|3rd|4th|5th) (time|message|mail|e-?mail|call|contact|replacement|request|"
        r"attempt)|"
        r"\b(three|four|five|six|several|[3-9]) (times|calls|mails|e-?mails|messages|attempts)\b|\bagain and again\b|"
        r"\b(many|countless) times\b",
    ),
    "deadline": (
        r"(明天|明早|明晚|今天|今晚|今天下午|后天|马上|24小时内).{0,10}(要用|要走|出发|出差|飞|航班|婚礼|生日|考试|"
        r"之前|以前|前|必须|截止|用上|搬)|"
        r"(婚礼|生日|航班|考试|手术).{0,6}(明天|今天|今晚|后天)|急用|加急|来不及|等着用|赶时间",
        r"\b(by|before|for|until|due|leave|leaving|fly|flying|travel\w*|wedding|birthday|exam|surgery|party|need (it|"
        r"this)) "
        r"(\w+ ){0,4}?(today|tonight|tomorrow|this (morning|afternoon|evening))\b|"
        r"\b(today|tonight|tomorrow)\b.{0,30}\b(wedding|birthday|flight|exam|surgery|interview|deadline)|"
        r"\b(wedding|birthday|flight|exam|surgery|interview)\b.{0,20}\b(today|tonight|tomorrow)\b|"
        r"\burgent|\basap\b|\bwithin 24 hours|\bemergency",
    ),
}
"""For each reason, the words of Chinese and of English."""
DENIED = re.compile(
    r"(没有?|未|不会|不是|无|并未|不)(冒烟|冒火|起火|着火|爆炸|发烫|漏电|触电|过敏|异物|受伤|流血|急用|急|着急|"
    r"重复扣\w?|诈骗|盗刷|起诉|报警)|"
    r"不着急|不急|"
    r"\b(no|not|never|isn['’]?t|wasn['’]?t|without|didn['’]?t|doesn['’]?t)( (any|a|an|been|catch|caught|on))? "
    r"(smok(e|ing)|sparks?|fire|burn(t|ed|ing)?|explo\w+|allergic|injur\w+|urgent|emergency|fraud|charged twice|hot)\b",
    re.IGNORECASE,
)
"""What a text says it is not."""
HIGHEST: frozenset[Urgency] = frozenset(("safety", "money"))
"""Reasons that make a case urgent; the others make its priority high."""
_COMPILED = {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in RULES.items()}


class Haste(NamedTuple):
    """Why a text is urgent, and the words that this rests on."""

    why: tuple[Urgency, ...]
    words: tuple[str, ...]


def haste_of(text: str) -> Haste:
    """Why a text is urgent. Only its beginning is read."""
    read = DENIED.sub("；", text[:READ])
    matched = {name: match.group() for name, words in _COMPILED.items() if (match := words.search(read))}
    return Haste(tuple(matched), tuple(matched.values()))


def raised_priority(priority: Priority, why: tuple[Urgency, ...]) -> Priority:
    """The priority of a case that is urgent for these reasons; never lower than it was."""
    if not why:
        return priority
    wanted: Priority = "urgent" if HIGHEST.intersection(why) else "high"
    return max(priority, wanted, key=PRIORITIES.index)
