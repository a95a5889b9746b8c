"""The words of after-sales service, in Chinese and English, that are found by rule."""

import re
from functools import cache

CHINESE = """
退款 退货 换货 维修 保修 质保 售后 客服 投诉 发票 补发 错发 漏发 少发 发货 物流 快递 签收 包装 破损 划痕 色差 尺码 偏大 偏小
质量 做工 异味 味道 坏了 故障 失灵 充电 充不进电 充电器 电池 续航 发烫 发热 鼓包 冒烟 漏水 漏电 异响 噪音 死机 黑屏 闪 掉色
起球 开线 开胶 断裂 生锈 假货 虚假 描述不符 降价 差价 优惠券 扣款 重复扣款 运费 到账 退款慢 态度 敷衍 没人回复 等了 太慢 催
取消 改地址 地址 缺货 补货 安装 说明书 配件 零件 插头 开关 屏幕 危险 过敏 失望 差评 好评 推荐 回购 满意 性价比
"""
ENGLISH = {
    "refund": r"refund(s|ed|ing)?|money back",
    "return": r"return(s|ed|ing)?|send (it|them|this) back",
    "exchange": r"exchang(e|es|ed|ing)|swap(s|ped|ping)?",
    "replacement": r"replac(e|es|ed|ing|ement|ements)",
    "repair": r"repair(s|ed|ing)?|mend(ed|ing)?",
    "warranty": r"warrant(y|ies)|guarantee",
    "invoice": r"invoices?|receipts?",
    "voucher": r"vouchers?|coupons?|discount codes?",
    "charged twice": r"(charged|billed|paid) twice|double charge",
    "price": r"pric(e|es|ing)",
    "shipping": r"shipp(ing|ed)|postage",
    "delivery": r"deliver(y|ed|ies|ing)",
    "tracking": r"tracking|tracked",
    "courier": r"couriers?|carriers?",
    "parcel": r"parcels?|packages?",
    "packaging": r"packaging|wrapping",
    "missing": r"missing",
    "late": r"late|delay(s|ed)?|overdue",
    "lost": r"lost",
    "wrong item": r"wrong (item|product|one|model|colou?r|size|order)",
    "damaged": r"damag(e|ed)|crushed|torn",
    "scratched": r"scratch(es|ed)?",
    "broken": r"broken?|broke",
    "faulty": r"fault(y|s)?|defect(s|ive)?|malfunction(s|ing)?",
    "cracked": r"crack(s|ed)?",
    "leaking": r"leak(s|ed|ing)?",
    "battery": r"batter(y|ies)",
    "charger": r"chargers?",
    "not charging": r"(not|n't|never) charg(e|ed|es|ing)|won't charge",
    "overheating": r"overheat(s|ed|ing)?|too hot|runs hot",
    "swelling": r"swell(s|ing)?|swollen|bulg(es|ed|ing)",
    "smoke": r"smok(e|ing)|burnt?",
    "flickering": r"flicker(s|ed|ing)?",
    "noise": r"nois(e|y)|rattl(es|ed|ing)",
    "smell": r"smell(s|ed|y)?",
    "dangerous": r"dangerous|unsafe|hazard",
    "colour": r"colou?rs?",
    "size": r"siz(e|es|ing)",
    "too small": r"too (small|tight|short)",
    "too big": r"too (big|large|loose|long)",
    "quality": r"quality",
    "not as described": r"not as (described|advertised|shown)|different from the (photo|picture|description)s?",
    "counterfeit": r"counterfeit|fake",
    "spare part": r"spare parts?",
    "manual": r"manuals?|instructions?",
    "install": r"install(s|ed|ing|ation)?|assembl(e|ed|y)",
    "cancel": r"cancel(s|led|ed|ling|lation)?",
    "address": r"address",
    "out of stock": r"out of stock|sold out",
    "no answer": r"no (answer|reply|response)|nobody (answers|answered|replies)",
    "rude": r"rude",
    "disappointed": r"disappoint(ed|ing|ment)",
    "recommend": r"recommend(ed)?",
}
"""Each term with the forms in which it is written."""


@cache
def _patterns() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    found = {term: re.compile(rf"\b(?:{forms})\b", re.IGNORECASE) for term, forms in ENGLISH.items()}
    # A look-ahead, because terms overlap: 充电 and 充电器 begin alike; the longest that begins at a place is found.
    longest_first = sorted(CHINESE.split(), key=lambda term: (-len(term), term))
    return re.compile(f"(?=({'|'.join(longest_first)}))"), found


@cache
def _any_english() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(ENGLISH.values())})\b", re.IGNORECASE)


def terms_in(text: str) -> set[str]:
    """The after-sales terms of a text."""
    chinese, english = _patterns()
    found = set(chinese.findall(text))
    if _any_english().search(text):
        found |= {term for term, forms in english.items() if forms.search(text)}
    return found
