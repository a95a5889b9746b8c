"""Score how likely a text is, to choose the charset in which the same bytes make words.

The scoring is our own, because emails have subjects of ten characters, on which detectors made for web pages guess
wrong (`python -m bench.charsets` prints both; docs/decisions/0011).
"""

import unicodedata

CANDIDATES = (
    "gb18030",
    "big5hkscs",
    "cp932",
    "euc_jp",
    "cp949",
    "cp1251",
    "koi8_r",
    "cp1252",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp874",
)
"""The charsets that emails use without declaring them, the likeliest first: the first wins a draw."""
SIMPLIFIED = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没"
    "日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点"
    "月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内"
    "加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放"
    "做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元"
    "社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空"
    "甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导"
    "影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏答钟费货灯退换款单购买卖店订快递客服修寄签码票发损破裂亮谢您吗"
    "尺寸颜错漏缺质量检测保证址话号姓付支赔偿补缺件损坏投诉处理尽快您好帮查询仓库物流拒绝申请售后"
)
TRADITIONAL = frozenset(
    "這來個國說們為時對後麼沒發還開無見經頭長動兩樣現將與進實點種聲話兒問機給幾業間電門東氣關並內產軍萬體別處總場師書員華報馬張難數"
    "車應親務記邊風戰幹許覺題統請愛讓認論術結資隊帶條變聯權領傳紅週達辦運強區轉輕語滿寫識極黃臉錢黨設雙歷廣議際則單導網專誰讀觀爭"
    "組視濟離雖壞鐘費貨燈換購買賣訂遞簽碼損謝嗎顏錯質檢測證號賠償補訴處盡幫詢倉庫絕請檯樣戶個貴衛訊機顧購買郵寄歲臺灣您好的一是不了"
    "在人有我他中大上到子和你地出道也年得就那要下以生會自著去之過家學可她裡小心多天而能好都然日於起成事只作當想看文手十用主行方又如"
    "前所本面公同三已老從知民分外但身些高意把法此回二理美月明其全工己者向情部正名定女力等很最新什打便位因重被走四第相次回復收件寄出"
)
COMMON = SIMPLIFIED | TRADITIONAL
JAPANESE = frozenset(
    "日一人年大国本中出上生者行分前後時見間事会自社発者地合場部方定手力学問高長円目物品注文商届届返送料金交換箱修理破損電話番号様"
    "願致購入確認連絡先配達店客何今週点対応色欲壊開別当社東京都市県区住所氏名不良在庫到着予約領収書支払"
)
HANGUL = frozenset(
    "이다는의가에을를고하지은도한자로사리기어서인대나아시그보정일수해만라주문있니요안과으들부습세전것게제상여원신마장구우음스비바조드물무"
    "면경진합동화거미소교송환배불량반품발용연락중선결제금택오모두때관국저러내성치생였했습니까데님건객번호확입처개트야실공계방분단달조업"
)
SCRIPTS = {
    "cp1253": "GREEK",
    "cp1255": "HEBREW",
    "cp1256": "ARABIC",
    "cp874": "THAI",
    "cp1251": "CYRILLIC",
    "koi8_r": "CYRILLIC",
}
FEWEST = 3
"""Fewer characters beyond ASCII than this are accents, not another script."""
OFTEN = frozenset("оеаинтс")
OFTEN_GREEK = frozenset("αειηοτσνυάέήίόύώς")
FREQUENT_CYRILLIC = frozenset("рвлкмдпуяыьгзбчйхжшюцщэфіїєў")
TYPOGRAPHY = frozenset("“”‘’„‚–—…€£°«»¿¡ªº§©®™·×½¼¾²³´¨")
PAIRED_LATIN = {
    "cp1252": "àâäáãåæçéèêëíìîïñóòôöõøœúùûüÿßšžþð",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűäöüßâîăşţ",
    "cp1254": "çğıöşüâîûéèà",
}
LATIN = {codec: frozenset(signs + signs.upper()) for codec, signs in PAIRED_LATIN.items()}


EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")


def likelihood(text: str, codec: str, size: int) -> float:
    """Points per byte for a text that was decoded with a charset: more is likelier. Only characters beyond ASCII
    count. `size` is the number of bytes."""
    if codec in SCRIPTS and sum(1 for sign in text if sign > "\x7f") < FEWEST:
        return -1.0 * FEWEST
    points = 0.0
    before = " "
    for sign, behind in zip(text, f"{text[1:]} ", strict=True):
        if sign > "\x7f":
            is_eastern = codec in EAST_ASIAN
            points += _eastern_points(sign, before, behind) if is_eastern else _western_points(sign, before, codec)
        elif codec in EAST_ASIAN and sign.islower() and before > "\u3040":
            points -= 2.0
        before = sign
    return points / max(1, size)


def _eastern_points(sign: str, before: str, behind: str) -> float:
    """Points for a character in a charset with two bytes for each.

    Kana and common characters speak for a charset; rare and private ones speak against it, and so do those inside a
    Latin word, and a single kana before lower-case ASCII.
    """
    is_before_latin = behind.isascii() and behind.islower()
    is_kana = "\u3041" <= sign <= "\u30ff"
    is_inside = before.isascii() and (before.islower() or (is_before_latin and (before.isupper() or is_kana)))
    return _eastern_character_points(sign) - (3.0 if is_inside else 0.0)


def _eastern_character_points(sign: str) -> float:
    if "\u3041" <= sign <= "\u30ff":
        return 4.0
    if "\u4e00" <= sign <= "\u9fff":
        return 4.0 if sign in COMMON or sign in JAPANESE else _uncommon_points(sign)
    if "\uac00" <= sign <= "\ud7a3":
        return 4.0 if sign in HANGUL else (2.0 if _is_in(sign, "euc_kr") else -1.0)
    if "\u3000" <= sign <= "\u303f" or "\uff01" <= sign <= "\uff5e":
        return 3.0
    if "\uff61" <= sign <= "\uff9f":
        return -1.5
    return 1.0 if sign in TYPOGRAPHY else -4.0


def _is_in(sign: str, codec: str) -> bool:
    try:
        return bool(sign.encode(codec))
    except UnicodeEncodeError:
        return False


def _uncommon_points(sign: str) -> float:
    """Points for a character that is not among the common ones: the first levels of GB 2312 and Big5 are in use, other
    characters hardly are."""
    for codec, last in (("gb2312", 0xD8), ("big5", 0xC7)):
        try:
            if sign.encode(codec)[0] < last:
                return 1.0
        except UnicodeEncodeError:
            continue
    return -2.0


def _western_points(sign: str, before: str, codec: str) -> float:
    """Points for a character in a charset with one byte for each: a letter of the script, where a letter belongs."""
    if not sign.isalpha():
        return _mark_points(sign, before, codec)
    if sign.isupper() and before.islower():
        return -3.0
    if codec in LATIN:
        points = 1.6 if sign in LATIN[codec] else -1.0
        return points if before.isascii() or (sign.islower() and before not in LATIN[codec]) else 0.5
    if SCRIPTS[codec] not in unicodedata.name(sign, "") or (before.isascii() and before.isalpha()):
        return -2.0
    if codec in ("cp1251", "koi8_r"):
        return _cyrillic_points(sign, before)
    if codec == "cp1253":
        return 2.0 if sign in OFTEN_GREEK else (0.0 if sign in "ΰΐϊϋ" else 1.2)
    return 1.3 if codec == "cp874" else 1.6


def _mark_points(sign: str, before: str, codec: str) -> float:
    """Points for a character that is no letter: Thai has marks above their letters, other scripts rarely have any."""
    if codec == "cp874" and unicodedata.category(sign) == "Mn" and not before.isascii():
        return 2.0
    if sign in TYPOGRAPHY:
        return 1.7 if sign in "¿¡" and codec == "cp1252" and not before.isalnum() else -0.2
    return -4.0 if unicodedata.category(sign) in ("Cc", "Co", "Cn") else -1.5


def _cyrillic_points(sign: str, before: str) -> float:
    if sign in OFTEN:
        return 2.2
    return 1.4 if sign in FREQUENT_CYRILLIC or (sign.isupper() and not before.isalpha()) else 0.0
