"""Why something is given back or complained about, and which aspects of shop and product a text names: rules in Chinese
and English. A rule names words; the first reason whose words occur is taken, for they stand from the plainest on."""

import re
from collections.abc import Mapping

READ = 2000
"""Characters of a text that are read."""
REASONS: Mapping[str, tuple[str, str]] = {
    "missing_item": (
        r"少(了|发|寄|件|一)|漏发|缺(件|少|了)|只(来了|收到|有)一|配件没",
        r"\bmissing\b(?! (parcel|package))|\bonly (one|part|half)\b|\bshort (by|one)\b|\bincomplete\b|"
        r"not in the (box|parcel)",
    ),
    "wrong_item": (
        r"发错|错发|寄错|不是我(要|买|订)的(?!单)|颜色(错|不对)|款式不对|货不对",
        r"\bwrong (item|product|colou?r|model|one|order|thing)\b|sent me (a|the) (different|wrong)|not what i ordered",
    ),
    "damaged_in_transit": (
        r"(包装|外箱|盒子|箱子).{0,6}(破|烂|坏|压|湿|碎)|压坏|摔(坏|碎)|运输.{0,4}(坏|损)|碎了|破损",
        r"\b(arrived|came|was) (\w+ )?(broken|damaged|crushed|cracked|smashed|shattered)|(box|parcel|packag\w+) .{0,20}"
        r"(torn|crushed|damaged|open|wet)|damaged in transit",
    ),
    "size_too_small": (
        r"(太|偏|有点|显|码)(小|紧|短|窄)|小了|挤脚|穿不(下|进)|勒",
        r"\btoo (small|tight|short|narrow)\b|runs? small|size up|doesn['’]?t fit over",
    ),
    "size_too_large": (
        r"(太|偏|有点|码)(大|松|长|宽)|大了一?(码|号)|掉跟",
        r"\btoo (big|large|loose|long|wide)\b|runs? (big|large)|size down",
    ),
    "defective": (
        r"坏|不(工作|亮|转|制冷|加热|出水|充电)|充不(进|上)电|开不了机|打不开|故障|失灵|死机|卡顿|冒烟|"
        r"漏(水|电|油)|裂|开胶|脱线|掉色|断了|异响|鼓包|"
        r"没反应|黑屏|闪屏|质量",
        r"\bbroke(n)?\b|\bfaulty\b|\bdefect\w*|stopped working|doesn['’]?t (work|turn|charge)|"
        r"won['’]?t (turn|charge|start|open)|"
        r"\bsmok(e|ing)\b|\bleak\w*|\bcrack\w*|\bpeel\w*|"
        r"\bsole\b.{0,20}\b(off|loose)|\bflicker\w*|falls? apart|came off|"
        r"\bbulg\w+|\brattl\w+|\bdead\b",
    ),
    "not_as_described": (
        r"(跟|和|与)(图片?|描述|页面|宣传|照片).{0,6}(不|差|两)|不符|色差|虚假|假货|材质不|缩水",
        r"not as (described|advertised|pictured|shown)|(differs?|different) from the (photo|picture|description)|"
        r"nothing like the|\bfake\b|counterfeit|mislead\w*",
    ),
    "late": (
        r"还?没(收|送|寄|发货?|到|来)(到|货)?|迟迟|太慢|晚(了|到)|延(误|迟)|等了|催|超时|物流.{0,6}(不动|没更新|停)|一直没",
        r"\blate\b|\bdelay\w*|not (yet )?(arriv|come|receiv|deliver|ship)\w*|"
        r"n['’]?t (arriv|come|receiv|deliver|ship|move)\w*|"
        r"still (waiting|no)|where is my|never (came|arrived)|overdue",
    ),
    "unwanted": (
        r"不(想|喜欢|需要|合适|要了)|买错|拍错|下错|后悔|冲动|无理由|改变主意",
        r"changed my mind|no longer (need|want)|don['’]?t (like|want|need)|ordered (the wrong|by mistake)|by accident|"
        r"found (it )?cheaper",
    ),
}
ASPECTS: Mapping[str, tuple[str, str]] = {
    "delivery": (
        r"物流|快递|发货|配送|派送|送货|到货|运输|快递员",
        r"\bdeliver\w*|shipp\w+|courier|parcel|carrier|transit",
    ),
    "packaging": (r"包装|盒子|外箱|纸箱|泡沫", r"\bpackag(e|ing)\b|\bbox\b|wrapp\w+|carton"),
    "quality": (
        r"质量|做工|材质|面料|手感|耐用|结实|坏|裂|开胶|掉色",
        r"\bquality\b|material|fabric|workmanship|sturdy|durab\w+|broke\w*|flimsy|defect\w*|faulty",
    ),
    "size": (
        r"尺码|尺寸|大小|码(数|子)?|偏(大|小)|合身|合脚",
        r"\bsiz\w+|\bfits?\b|\btoo (big|small|tight|large|loose)\b",
    ),
    "looks": (r"颜色|色差|好看|外观|款式|漂亮|难看", r"\bcolou?rs?\b|\blooks?\b|style|beautiful|ugly|design"),
    "function": (
        r"功能|性能|电池|充电|屏幕|噪音|声音|连接|信号|续航|制冷|加热",
        r"\bbatter\w+|charg\w+|screen|nois\w+|sound|connect\w*|signal|function|performance|heat\w*",
    ),
    "price": (
        r"价格|价钱|贵|便宜|性价比|降价|差价|划算|优惠|券",
        r"\bpric\w+|expensive|cheap\w*|value|discount|coupon|worth",
    ),
    "service": (
        r"客服|售后|态度|服务|回复|处理|解决",
        r"\bservice\b|support|agent|staff|repl(y|ied)|answer(ed)?\b|rude|helpful|friendly",
    ),
    "money": (
        r"退款|退钱|到账|扣款|支付|付款|发票|运费",
        r"\brefund\w*|payment|charged|invoice|money back|shipping (fee|cost)",
    ),
    "manual": (
        r"说明书|怎么(用|装|安装|设置)|安装|使用方法",
        r"\bmanual\b|instruction\w*|how (do|to)|set ?up|install\w*|assembl\w+",
    ),
}


def _compiled(rules: Mapping[str, tuple[str, str]]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in rules.items()}


_REASONS, _ASPECTS = _compiled(REASONS), _compiled(ASPECTS)


def reason_of(text: str) -> str | None:
    """The reason that a text names, one of those of claims; None where it names none."""
    return next((name for name, words in _REASONS.items() if words.search(text, 0, READ)), None)


def aspects_of(text: str) -> list[str]:
    """The aspects that a text names, in the order of the rules."""
    return [name for name, words in _ASPECTS.items() if words.search(text, 0, READ)]
