"""Detection of the charset of a text: ours against charset-normalizer, on short and longer texts.

python -m bench.charsets        (charset-normalizer is installed with the requirements of the tests)
"""

from charset_normalizer import from_bytes

from chalicelib.domain.email.parsing.characters import decode_text
from infra.command import run_command

TEXTS: dict[str, tuple[str, ...]] = {
    "gb18030": (
        "台灯不亮",
        "退货申请",
        "我的快递还没到",
        "尺寸不对，想换大一号",
        "发票",
        "收到的货坏了",
        "请尽快处理订单1001",
        "您好，我上周买的台灯收到后就不亮了，换了两个插座也不行，请问怎么退货？",
    ),
    "big5": (
        "檯燈不亮",
        "退貨申請",
        "包裹還沒收到",
        "請問何時到貨",
        "尺寸不合想換貨",
        "您好，我上週買的檯燈收到後就不亮了，請問如何退貨？",
    ),
    "shift_jis": (
        "ランプがつきません",
        "返品したい",
        "注文番号1001について",
        "商品が届きません",
        "先週購入したランプが届いたのですが、電源を入れても点灯しません。返品できますか。",
    ),
    "euc_jp": (
        "ランプがつきません",
        "返品したい",
        "注文について",
        "商品が届きません",
        "先週購入したランプが届いたのですが、点灯しません。",
    ),
    "euc_kr": (
        "환불 요청",
        "램프가 안 켜져요",
        "주문한 물건이 안 왔어요",
        "배송 문의",
        "지난주에 산 램프가 도착했는데 켜지지 않습니다. 환불해 주세요.",
    ),
    "cp1251": (
        "Лампа не горит",
        "Возврат товара",
        "Где мой заказ?",
        "Здравствуйте! Лампа пришла разбитой, верните деньги.",
    ),
    "koi8_r": (
        "Лампа не горит",
        "Возврат товара",
        "Где мой заказ?",
        "Здравствуйте! Лампа пришла разбитой, верните деньги.",
    ),
    "cp1252": (
        "Rückgabe der Größe 42",
        "Größe falsch",
        "Lámpara rota",
        "Où est ma commande ?",
        "Problème réglé",
        "Devolução do pedido",
        "Señor, no funciona",
        "Trocknergerät für Wäsche",
        "Få pengarna tillbaka",
        "Je n'ai toujours pas reçu ma commande, qu'est-ce que je dois faire ?",
    ),
    "cp1250": (
        "Zwrot pieniędzy",
        "Reklamace: světlo nesvítí",
        "Nie działa żarówka",
        "Dzień dobry, lampa przyszła stłuczona, proszę o zwrot pieniędzy.",
    ),
    "cp1254": (
        "İade talebi",
        "Lamba çalışmıyor",
        "Siparişim gelmedi, ne zaman gelecek?",
    ),
    "cp1253": (
        "Επιστροφή χρημάτων",
        "Η λάμπα δεν ανάβει",
    ),
    "cp1255": ("המנורה לא נדלקת",),
    "cp1256": ("المصباح لا يعمل",),
    "cp874": ("โคมไฟไม่ติด",),
}


def main(_: list[str]) -> None:
    """Print how many texts each one reads correctly, and which ones ours does not."""
    right = {"ours": 0, "charset-normalizer": 0}
    total = 0
    for codec, texts in TEXTS.items():
        for text in texts:
            total += 1
            data = text.encode(codec)
            decoded = decode_text(data)
            best = from_bytes(data).best()
            right["ours"] += decoded == text
            right["charset-normalizer"] += best is not None and str(best) == text
            if decoded != text:
                print(f"{codec}: {text} read as {decoded}")
    for name, count in right.items():
        print(f"{name}: {count} of {total}")


if __name__ == "__main__":
    run_command(main)
