"""More than sixty emails of clients, machines and forgers, each with its text and what follows from it."""

from tests.support.emails.samples.writing import (
    AMY,
    FANG,
    NUMBER,
    OURS,
    PNG,
    SHOP,
    TOKEN,
    Sample,
    a_file,
    body,
    both,
    encoded,
    headers,
    mail,
    only_html,
    plain,
    several,
)

REPLY = {"In_Reply_To": f"<{OURS}>", "References": f"<first@client.example> <{OURS}>", "Subject": "Re: Lamp"}
TOKEN_TO = TOKEN.decode()
STILL, STILL_EN = "还是不亮。", "It is still dark."
QUOTE_EN = "> Please try another socket.\n> Mei\n"
GMAIL_HTML = (
    '<div dir="ltr">It is still dark.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr"'
    ' class="gmail_attr">On Fri, Nov 20, 2026 at 9:12 AM Care &lt;care@example.com&gt; wrote:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0">Please try another socket.</blockquote></div>'
)
OUTLOOK_HEAD = (
    "________________________________\nFrom: Care <care@example.com>\nSent: Friday, November 20, 2026 9:12 AM\n"
    "To: Amy <amy@example.org>\nSubject: Re: Lamp\n\nPlease try another socket.\n"
)
QQ_HEAD = (
    '\n\n\n------------------ 原始邮件 ------------------\n发件人: "灯与织" <care@example.com>;\n'
    '发送时间: 2026年11月20日(星期五) 上午9:12\n收件人: "王芳" <fang@example.net>;\n主题: Re: 台灯不亮\n\n请换个插座试试。\n'
)

CLIENTS = (
    Sample("gmail-new", plain("gmail-new", "The lamp is dark.\n"), "The lamp is dark."),
    Sample(
        "gmail-reply",
        both(
            "gmail-reply",
            f"{STILL_EN}\n\nOn Fri, Nov 20, 2026 at 9:12 AM Care <care@example.com>\nwrote:\n\n{QUOTE_EN}",
            GMAIL_HTML,
            **REPLY,
        ),
        STILL_EN,
        "joins",
    ),
    Sample("gmail-html-only", only_html("gmail-html-only", GMAIL_HTML, **REPLY), STILL_EN, "joins"),
    Sample(
        "gmail-chinese",
        plain(
            "gmail-chinese",
            f"{STILL}\n\n灯与织 <care@example.com> 于2026年11月20日周五 09:12写道：\n\n> 请换个插座试试。\n",
            cte="base64",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "gmail-japanese",
        plain(
            "gmail-japanese", "まだつきません。\n\n2026年11月20日(金) 9:12 Care <care@example.com>:\n\n> 別の電源で\n"
        ),
        "まだつきません。",
        language="ja",
    ),
    Sample("apple-new", plain("apple-new", "My lamp smokes!\n\nSent from my iPhone\n"), "My lamp smokes!"),
    Sample(
        "apple-reply",
        plain(
            "apple-reply",
            f"{STILL_EN}\n\nSent from my iPhone\n\n> On 20 Nov 2026, at 09:12, Care <care@example.com>"
            f" wrote:\n> \n{QUOTE_EN}",
            **REPLY,
        ),
        STILL_EN,
        "joins",
    ),
    Sample(
        "apple-chinese",
        plain(
            "apple-chinese",
            f"{STILL}\n\n发自我的 iPhone\n\n> 在 2026年11月20日，09:12，灯与织 <care@example.com> 写道：\n> \n"
            "> 请换个插座试试。\n",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "apple-mac",
        plain(
            "apple-mac",
            f"{STILL_EN}\n\n> On Nov 20, 2026, at 9:12 AM, Care <care@example.com> wrote:\n> \n{QUOTE_EN}",
            cte="quoted-printable",
            **REPLY,
        ),
        STILL_EN,
        "joins",
    ),
    Sample(
        "outlook-reply",
        both(
            "outlook-reply",
            f"{STILL_EN}\n\nAmy Carter\n\n{OUTLOOK_HEAD}",
            "<p>It is still dark.</p>",
            "cp1252",
            From=f'"Carter, Amy" <{AMY}>',
        ),
        f"{STILL_EN}\n\nAmy Carter",
        envelope=AMY,
    ),
    Sample(
        "outlook-html-only",
        only_html(
            "outlook-html-only",
            '<html><body><p class="MsoNormal">It is still dark.<o:p></o:p></p><div'
            ' id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Care</div></body></html>',
            **REPLY,
        ),
        STILL_EN,
        "joins",
    ),
    Sample(
        "outlook-chinese",
        plain(
            "outlook-chinese",
            f"{STILL}\n\n发件人: 灯与织 <care@example.com>\n发送时间: 2026年11月20日 9:12\n"
            "收件人: 王芳\n主题: 回复: 台灯\n\n请换个插座试试。\n",
            "gb18030",
            "base64",
            label="gb2312",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "outlook-mobile",
        plain("outlook-mobile", f"{STILL_EN}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n{OUTLOOK_HEAD}", **REPLY),
        STILL_EN,
        "joins",
    ),
    Sample(
        "outlook-original-message",
        plain(
            "outlook-original-message",
            f"{STILL_EN}\n\n-----Original Message-----\nFrom: Care\nSent: Friday\n\nTry.\n",
            **REPLY,
        ),
        STILL_EN,
        "joins",
    ),
    Sample(
        "qq-new",
        plain(
            "qq-new",
            "台灯不亮了，怎么办？",
            "gb18030",
            "base64",
            label="gb18030",
            Subject=encoded("台灯不亮", "gb18030"),
        ),
        "台灯不亮了，怎么办？",
        subject="台灯不亮",
        language="zh-CN",
    ),
    Sample("qq-reply", plain("qq-reply", STILL + QQ_HEAD, "gb18030", "base64", **REPLY), STILL, "joins"),
    Sample(
        "qq-html-only",
        only_html(
            "qq-html-only",
            f"<div>{STILL}</div><div><br></div><div id='QQMailReplyHeader'>------------------&nbsp;"
            "原始邮件&nbsp;------------------</div>",
            "gb18030",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "qq-html-without-marks",
        only_html(
            "qq-html-without-marks",
            f"<div>{STILL}</div><div><br></div><div>------------------&nbsp;原始邮件&nbsp;"
            "------------------</div><div>发件人: 灯与织</div><div>请换个插座试试。</div>",
            "gb18030",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "163-reply",
        plain(
            "163-reply",
            f'{STILL}\n\n\n\nAt 2026-11-20 09:12:00, "灯与织" <care@example.com> wrote:\n>请换个插座试试。\n',
            "gbk",
            "base64",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "163-chinese",
        plain(
            "163-chinese",
            f'{STILL}\n\n在 2026-11-20 09:12:00，"灯与织" <care@example.com> 写道：\n>请换个插座试试。\n',
            "gbk",
            "base64",
            label="GBK",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "163-html-only",
        only_html(
            "163-html-only",
            f'<div>{STILL}</div><div id="isReplyContent">At 2026-11-20 wrote:<blockquote>试试</blockquote></div>',
            "gbk",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "netease-master",
        plain("netease-master", f"{STILL}\n\n---- 回复的原邮件 ----\n发件人 care@example.com\n日期 2026\n", **REPLY),
        STILL,
        "joins",
    ),
    Sample(
        "foxmail",
        plain(
            "foxmail",
            f"{STILL}\n\n发件人： 灯与织\n发送时间： 2026-11-20 09:12\n收件人： 王芳\n主题： Re: 台灯\n试试\n",
            "gb18030",
            **REPLY,
        ),
        STILL,
        "joins",
    ),
    Sample(
        "german",
        plain("german", "Sie ist noch dunkel.\n\nAm 20. Nov. 2026 um 09:12 schrieb Care:\n> Bitte\n", **REPLY),
        "Sie ist noch dunkel.",
        "joins",
    ),
    Sample(
        "french",
        plain(
            "french", "Toujours éteinte.\n\nLe 20 nov. 2026 à 09:12, Care a écrit :\n> Essayez\n", "latin-1", **REPLY
        ),
        "Toujours éteinte.",
        "joins",
    ),
    Sample(
        "spanish",
        plain("spanish", "Sigue apagada.\n\nEl vie, 20 nov 2026, Care escribió:\n> Pruebe\n", **REPLY),
        "Sigue apagada.",
        "joins",
    ),
    Sample(
        "yahoo",
        only_html("yahoo", '<div>It is still dark.</div><div class="yahoo_quoted">On Friday wrote: x</div>', **REPLY),
        STILL_EN,
        "joins",
    ),
    Sample(
        "thunderbird",
        plain("thunderbird", f"{STILL_EN}\n\nAm 20.11.26 um 09:12 schrieb Care:\n> Bitte\n\n-- \nAmy\n", **REPLY),
        STILL_EN,
        "joins",
    ),
)

WRITING = (
    Sample(
        "answers-between",
        plain(
            "answers-between",
            "On Fri, 20 Nov 2026 Care wrote:\n> Another socket?\nYes, two.\n> Another bulb?\nThat too.\n",
            **REPLY,
        ),
        "On Fri, 20 Nov 2026 Care wrote:\n> Another socket?\nYes, two.\n> Another bulb?\nThat too.",
        "joins",
    ),
    Sample(
        "only-a-quote",
        plain("only-a-quote", "> Please try another socket.\n", **REPLY),
        "> Please try another socket.",
        "joins",
    ),
    Sample(
        "signature", plain("signature", "The lamp is dark.\n\n-- \nFang Wang\n+86 138 0013 8000\n"), "The lamp is dark."
    ),
    Sample(
        "a-list-is-no-signature",
        plain("a-list-is-no-signature", "I bought:\n- one lamp\n- two shoes\nFang\n"),
        "I bought:\n- one lamp\n- two shoes\nFang",
    ),
    Sample(
        "thanks-is-no-signature",
        plain("thanks-is-no-signature", "Thank you,\nbut it is broken.\n"),
        "Thank you,\nbut it is broken.",
    ),
    Sample(
        "from-in-a-sentence",
        plain("from-in-a-sentence", "From: the shop in Lyon I got a lamp.\nIt is dark.\n"),
        "From: the shop in Lyon I got a lamp.\nIt is dark.",
    ),
    Sample(
        "he-wrote",
        plain("he-wrote", "我在网站上写道：要蓝色的。\n结果是绿色的。\n"),
        "我在网站上写道：要蓝色的。\n结果是绿色的。",
    ),
    Sample("empty", plain("empty", ""), ""),
    Sample("very-long", plain("very-long", "dark " * 40_000), ("dark " * 12_000).strip()),
    Sample(
        "long-subject",
        plain("long-subject", "x", Subject="Lamp " * 1_600),
        "x",
        subject="Lamp " * 100,
    ),
    Sample("no-subject", plain("no-subject", "The lamp is dark.", Subject=None), "The lamp is dark.", subject=""),
    Sample("nul", plain("nul", "The lamp\x00 is dark."), "The lamp is dark."),
    Sample("emoji", plain("emoji", "坏了 😭💡", Subject=encoded("坏了 😭", "utf-8")), "坏了 😭💡", subject="坏了 😭"),
)

CHARACTERS = (
    Sample("gb18030", plain("gb18030", "台灯䶮不亮", "gb18030"), "台灯䶮不亮"),
    Sample("gb2312-that-is-gbk", plain("gb2312-that-is-gbk", "锺先生的台灯", "gbk", label="gb2312"), "锺先生的台灯"),
    Sample("big5", plain("big5", "檯燈不亮", "big5", "base64"), "檯燈不亮"),
    Sample(
        "iso-2022-jp",
        plain("iso-2022-jp", "ランプがつきません", "iso-2022-jp", "7bit", Subject=encoded("ランプ", "iso-2022-jp")),
        "ランプがつきません",
        subject="ランプ",
        language="ja",
    ),
    Sample("shift-jis", plain("shift-jis", "ランプ", "shift_jis", "base64"), "ランプ"),
    Sample("latin-1", plain("latin-1", "Lámpara rota", "latin-1", "quoted-printable"), "Lámpara rota"),
    Sample(
        "wrong-charset",
        mail("wrong-charset", b"Content-Type: text/plain; charset=us-ascii\r\n\r\n\xe5\x8f\xb0\xe7\x81\xaf"),
        "台灯",
    ),
    Sample("unknown-charset", mail("unknown-charset", b"Content-Type: text/plain; charset=x-none\r\n\r\nLamp"), "Lamp"),
    Sample("raw-subject-gbk", plain("raw-subject-gbk", "x", Subject="台灯不亮".encode("gbk")), "x", subject="台灯不亮"),
    Sample("raw-subject-utf8", plain("raw-subject-utf8", "x", Subject="台灯不亮".encode()), "x", subject="台灯不亮"),
    Sample("broken-word", plain("broken-word", "x", Subject="=?utf-8?b?!!!?="), "x"),
    Sample(
        "split-words", plain("split-words", "x", Subject="=?utf-8?B?5Y+w?=\r\n =?utf-8?B?54Gv?="), "x", subject="台灯"
    ),
)

STRUCTURES = (
    Sample(
        "picture",
        mail("picture", several("mixed", body("See."), a_file("lamp.png", PNG, "image/png"))),
        "See.",
        files=("lamp.png",),
    ),
    Sample(
        "nested",
        mail(
            "nested",
            several(
                "mixed",
                several(
                    "related",
                    several("alternative", body("See."), body('<p>See.<img src="cid:logo"></p>', "text/html")),
                    a_file(
                        "logo.png",
                        PNG,
                        "image/png",
                        Content_ID="<logo>",
                        Content_Disposition='inline; filename="logo.png"',
                    ),
                ),
                a_file("a.pdf", b"%PDF-1.7 x", "application/pdf"),
            ),
        ),
        "See.",
        files=("a.pdf",),
    ),
    Sample(
        "name-in-chinese",
        mail(
            "name-in-chinese",
            several("mixed", body("看图。"), a_file("=?utf-8?B?5Y+w54GvLnBuZw==?=", PNG, "image/png")),
        ),
        "看图。",
        files=("台灯.png",),
    ),
    Sample(
        "disguised",
        mail("disguised", several("mixed", body("See."), a_file("lamp.png", b"MZ\x90\x00 program", "image/png"))),
        "See.",
        files=("lamp.png",),
    ),
    Sample(
        "winmail-broken",
        mail(
            "winmail-broken",
            several(
                "mixed", body("See."), a_file("winmail.dat", b"\x78\x9f\x3e\x22 nothing more", "application/ms-tnef")
            ),
        ),
        "See.",
    ),
    Sample(
        "forwarded-mail",
        mail(
            "forwarded-mail",
            several(
                "mixed", body("See below."), b"Content-Type: message/rfc822\r\n\r\n" + plain("inner", "Inner words.")
            ),
        ),
        "See below.",
    ),
    Sample(
        "no-end",
        mail("no-end", b'Content-Type: multipart/mixed; boundary="e"\r\n\r\n--e\r\n' + body("Cut off")),
        "Cut off",
    ),
    Sample("no-content-type", mail("no-content-type", b"\r\nThe lamp is dark."), "The lamp is dark."),
    Sample(
        "script-in-html",
        only_html("script-in-html", "<p>Dark.</p><script>alert(1)</script><style>p{}</style>"),
        "Dark.",
    ),
    Sample("bytes-only", b"\x00\xff\xfe no head at all", "ÿþ no head at all", "nobody", envelope=None),
    Sample("no-message-id", plain("no-message-id", "The lamp is dark.", Message_ID=None), "The lamp is dark."),
    Sample("no-from", plain("no-from", "The lamp is dark.", From=None), "The lamp is dark.", "ignored"),
    Sample("several-senders", plain("several-senders", "Dark.", From=f"Fang <{FANG}>, Lei <lei@example.net>"), "Dark."),
    Sample(
        "reply-headers-doubled",
        headers("doubled", **REPLY) + b"\r\nIn-Reply-To: <other@x>\r\n" + body(STILL_EN),
        STILL_EN,
        "joins",
    ),
)

THREADS = (
    Sample("by-address", plain("by-address", STILL_EN, To=TOKEN_TO), STILL_EN, "joins"),
    Sample(
        "by-address-of-another",
        plain("by-address-of-another", "I am her husband.", To=TOKEN_TO, From=AMY),
        "I am her husband.",
        "notes",
        envelope=AMY,
    ),
    Sample(
        "by-address-forged", plain("by-address-forged", "x", To=TOKEN_TO[:-20] + "0" + TOKEN_TO[-19:]), "x", "nobody"
    ),
    Sample(
        "by-references-alone", plain("by-references-alone", STILL_EN, References=f"<x@y> <{OURS}>"), STILL_EN, "joins"
    ),
    Sample("by-number", plain("by-number", STILL_EN, Subject=f"Re: [{NUMBER.decode()}] Lamp"), STILL_EN, "joins"),
    Sample(
        "by-number-of-another",
        plain("by-number-of-another", "Which lamp?", Subject=f"[{NUMBER.decode()}]", From=AMY),
        "Which lamp?",
        envelope=AMY,
    ),
    Sample("by-id-forged", plain("by-id-forged", "Change my address!", **REPLY), "Change my address!", dmarc="fail"),
    Sample("by-number-forged", plain("by-number-forged", "x", Subject=f"[{NUMBER.decode()}]"), "x", dmarc="fail"),
    Sample("by-address-unsure", plain("by-address-unsure", STILL_EN, To=TOKEN_TO), STILL_EN, "joins", dmarc="fail"),
    Sample("no-policy-aligned", plain("no-policy-aligned", STILL_EN, **REPLY), STILL_EN, "joins", dmarc="gray"),
    Sample(
        "no-policy-other-server",
        plain("no-policy-other-server", STILL_EN, **REPLY),
        STILL_EN,
        dmarc="gray",
        envelope="evil@attacker.example",
    ),
    Sample("plus-address", plain("plus-address", "Dark.", To=SHOP.replace("@", "+orders@")), "Dark."),
    Sample("unknown-shop", plain("unknown-shop", "Dark.", To="nobody@in.example.com"), "Dark.", "nobody"),
)

BOUNCE = several(
    "report",
    body("Your mail could not be delivered: 550 5.1.1 user unknown"),
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nStatus: 5.1.1",
    b"Content-Type: message/rfc822\r\n\r\n" + headers("given-back", Message_ID=f"<{OURS}>") + b"\r\n\r\nOur words",
    extra="; report-type=delivery-status",
)
HEADS = several(
    "report",
    body("Undelivered"),
    b"Content-Type: message/delivery-status\r\n\r\nStatus: 5.2.2",
    b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + OURS.encode() + b">\r\nSubject: Re: Lamp",
    extra="; report-type=delivery-status",
)
MACHINES = (
    Sample(
        "bounce",
        mail("bounce", BOUNCE, From="MAILER-DAEMON@mx.example.net", Auto_Submitted="auto-replied"),
        "Your mail could not be delivered: 550 5.1.1 user unknown",
        "notes",
        "bounce",
        envelope="",
    ),
    Sample(
        "bounce-with-heads",
        mail("bounce-with-heads", HEADS, From="MAILER-DAEMON@mx.example.net"),
        "Undelivered",
        "notes",
        "bounce",
        envelope="",
    ),
    Sample(
        "bounce-of-nothing-ours",
        mail("bounce-of-nothing-ours", BOUNCE.replace(OURS.encode(), b"spam@x"), From="MAILER-DAEMON@mx.example.net"),
        "Your mail could not be delivered: 550 5.1.1 user unknown",
        "ignored",
        "bounce",
        envelope="",
    ),
    Sample(
        "out-of-office",
        plain("out-of-office", "I am away.", Auto_Submitted="auto-replied", **REPLY),
        "I am away.",
        "notes",
        "reply",
    ),
    Sample(
        "out-of-office-unthreaded",
        plain("out-of-office-unthreaded", "我休假了。", Auto_Submitted="auto-replied (vacation)"),
        "我休假了。",
        "ignored",
        "reply",
    ),
    Sample(
        "autoresponder",
        plain("autoresponder", "We got it.", X_Autoreply="yes", To=TOKEN_TO),
        "We got it.",
        "notes",
        "reply",
    ),
    Sample("null-sender", plain("null-sender", "Received."), "Received.", "ignored", "reply", envelope=""),
    Sample(
        "newsletter",
        plain("newsletter", "Buy!", List_Unsubscribe="<mailto:x@y>", Precedence="bulk"),
        "Buy!",
        "opens",
        "bulk",
    ),
    Sample(
        "carrier-robot",
        plain("carrier-robot", "Parcel lost.", Auto_Submitted="auto-generated"),
        "Parcel lost.",
        "opens",
        "bulk",
    ),
    Sample(
        "own-mail-comes-back",
        plain(
            "own-mail-comes-back",
            "We have your message.",
            Auto_Submitted="auto-replied",
            From="care@example.com",
            To=TOKEN_TO,
            Message_ID=f"<{OURS}>",
        ),
        "We have your message.",
        "notes",
        "reply",
    ),
)

CORPUS = (*CLIENTS, *WRITING, *CHARACTERS, *STRUCTURES, *THREADS, *MACHINES)
