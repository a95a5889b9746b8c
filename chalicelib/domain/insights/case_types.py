"""What the words of a message say about the type of its case: rules in Chinese and English.

A rule names words that customers use for one wish. They are hints, several may hold, and none of them decides alone.
"""

import re
from collections.abc import Mapping, Sequence

RULES: Mapping[str, Sequence[str]] = {
    "repair": (
        r"维修|送修|寄修|返修|检修|修好|修理|修了|修回|修一|能修|过保|在保|保修|保内|换屏|配件|零件|售后点|质保|换电池|检测|报价",
        r"\brepair|\bfix(ed|ing)?\b|warrant|technician|workshop|\bmend|spare part|diagnos|serviced|battery swap|"
        r"\bcovered\b|service cent",
    ),
    "refund": (
        r"退款|退钱|退我|退给|退到|退多少|到账|差价|补偿|赔|价保|保价|定金|多收|返现|退运费|未退|押金|尾款|退差|钱(什么|还|怎么|没|呢)",
        r"\brefund|money back|my money|reimburs|compensat|goodwill|price (protect|match|adjust)|partial|difference|"
        r"\bdeposit|charge ?back|\boff\b",
    ),
    "exchange": (
        r"换货|换(个|一|件|双|台|条|成|新|码|大|小|号|色|款)|想换|要换|给换|能换|调换|更换|换不换|[，,]换$",
        r"\bexchang|\bswap|\breplace|another (one|size|unit|colou?r)|new one|size (up|down)|(different|other|bigger|"
        r"smaller|larger|right|correct) (size|one|colou?r)|instead of|switch (it|this)",
    ),
    "return": (
        r"退货|退回|想退|要退|退掉|退了|申请退|能退|可以退|退一下|退换|无理由|不想要|不要了|[，,]退$",
        r"\breturn(ing|s)?\b|(send|sending|sent|ship|take|bring|give) (\w+ ){0,2}back|changed my mind|"
        r"don.t (want|need) (it|them|this)|no longer (want|need)",
    ),
    "complaint": (
        r"投诉|举报|态度|假货|虚假|欺骗|骗|曝光|消协|报警|霸王|冒充|泄露|推销|敷衍|推诿|糊弄|踢皮球|没人管|骂|辱|恶劣|"
        r"忽悠|套路|诈骗|起诉|维权|黑店|垃圾店|不负责|不耐烦|阴阳怪气|白眼|爱答不理|挂(我|了我)?电话|三包",
        r"\bcomplain|\brude|condescend|counterfeit|\bfake|mislead|\bcheat|\blied?\b|\blying|ombudsman|breach|\bcourt|"
        r"manager|lawyer|scam|fraud|posing as|ignor|hung up|unacceptable|disgust|stupid|dumb|awful service|runaround",
    ),
    "order_issue": (
        r"物流|快递|签收|单号|运单|揽收|中转|补发|错发|没收到|未收到|没到|不发货|发货|少(发|了|一)|漏发|只来了|只到|还没到|取消|拦|撤单|改(到|地址|成)|"
        r"地址|门牌|扣了|付款|支付|派送|配送|海关|清关|驿站|丢件|件丢|包裹|催|送到|改约|下过这个单",
        r"\btrack|parcel|package|deliver|courier|signed|cancel|address|charged|customs|shipp(ed|ing)|missing|\beta\b|"
        r"not arriv|hasn.t (arrived|moved|come)|never (came|arrived|got)|still (waiting|preparing)|payment|checkout|"
        r"my order|in transit|dispatch|out for delivery|wrong address|pick.?up point",
    ),
    "review": (
        r"五星|[一二三四]颗?星|好评|差评|推荐|回购|满意|后悔|追评|一般般|凑合|性价比|点赞|个赞|种草|无敌|值得|很棒|好用|"
        r"不错|失望|还行|挺好|真香|物美价廉|划算|喜欢|再也不(买|来)|给力|名副其实",
        r"\bstars?\b|recommend|\blove|happy|pleased|regret|unbeatable|never again|does the job|great|excellent|perfect|"
        r"decent|disappoint|worth|bargain|not bad|well made|ten out of|10/10|impress|otherwise (fine|good)|quality is",
    ),
    "question": (
        r"吗|么\b|请问|怎么|多少|多久|多大|几|能不能|可不可以|有没有|是不是|支持.*不|哪|什么时候|[?？]",
        r"\?|^(how|what|where|when|which|who|is|are|do|does|can|could|will|would)\b|\bdo you\b|\bcan i\b|any idea|"
        r"wondering|how (long|much|many|do)",
    ),
}
"""For each type of a case, the words of Chinese and of English."""
_COMPILED = {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in RULES.items()}
READ = 2000
"""Characters of a message that are read: what it is about stands at its beginning."""


def hinted_types(text: str) -> list[str]:
    """The types of a case that the words of a message speak for, in the order of the rules."""
    return [name for name, words in _COMPILED.items() if words.search(text, 0, READ)]
