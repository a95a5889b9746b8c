"""Malformed and unusual emails, each with the text that must be read all the same."""

import base64
from dataclasses import dataclass

from tests.support.emails.samples.writing import FANG, PNG, a_file, body, encoded, mail, plain, several


@dataclass(frozen=True)
class Fault:
    """An email with a fault, and its text. `lacks` is what the text must not contain."""

    name: str
    raw: bytes
    text: str | None = None
    files: tuple[str, ...] = ()
    subject: str | None = None
    lacks: str | None = None


def picture(width: int, height: int, size: int) -> bytes:
    """A PNG that states its size and has no picture worth drawing."""
    return PNG[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + PNG[24:] + bytes(size)


def in_text(html: str, *files: bytes) -> bytes:
    return mail("p", several("related", body(html, "text/html"), *files))


def drawn(name: str, cid: str, data: bytes) -> bytes:
    disposition = f'inline; filename="{name}"'
    return a_file(name, data, "image/png", Content_ID=f"<{cid}>", Content_Disposition=disposition)


def typed(kind: str, content: bytes = b"Dark.", **more: str) -> bytes:
    """An email of one part with this content type."""
    head = b"Content-Type: " + kind.encode() + b"\r\n"
    head += b"".join(f"{name.replace('_', '-')}: {value}\r\n".encode() for name, value in more.items())
    return mail("t", head + b"\r\n" + content)


def part(kind: str, content: bytes = b"x", **more: str) -> bytes:
    return typed(kind, content, **more).partition(b"MIME-Version: 1.0\r\n")[2]


GBK_NAME = "说明书.pdf".encode("gbk")
HALVES = " ".join(
    f"=?gbk?B?{base64.b64encode(half).decode()}?="
    for half in ("台灯坏了".encode("gbk")[:3], "台灯坏了".encode("gbk")[3:])
)
INNER = b"Content-Type: message/rfc822\r\n\r\n" + plain("inner", "What the carrier wrote.", Subject="Parcel")
FLOWED = b"The lamp I bought \r\nlast week is dark.\r\n-- \r\nFang"
DEEP = b"".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() for n in range(400))
SIGNED = bytes.fromhex("3080 0609 2a864886f70d010702 a080 3080 020101 3100 3080 0609 2a864886f70d010701 a080 2480")


def octets(*pieces: bytes) -> bytes:
    return b"".join(b"\x04\x82" + len(one).to_bytes(2, "big") + one for one in pieces)


CHARACTERS = (
    Fault(
        "a codec that is no charset, in a subject",
        plain("f", "Dark.", Subject="=?undefined?Q?Lamp_dark?="),
        "Dark.",
        subject="Lamp dark",
    ),
    Fault(
        "a codec that is no charset, of a body", typed("text/plain; charset=punycode", "灯坏了。".encode()), "灯坏了。"
    ),
    Fault("a zero in a charset", typed('text/plain; charset="utf\x00-8"', "灯坏了。".encode()), "灯坏了。"),
    Fault(
        "a charset as RFC 2231 writes it",
        typed("text/plain; charset*=us-ascii''gb2312", "灯坏了。".encode("gbk")),
        "灯坏了。",
    ),
    Fault("half a pair in UTF-7", typed("text/plain; charset=utf-7", b"Dark +2AA- lamp"), "Dark \ufffd lamp"),
    Fault("another name of ASCII", typed("text/plain; charset=646", "灯坏了。".encode()), "灯坏了。"),
    Fault(
        "half a character at the end of a subject",
        plain("f", "Dark.", Subject="=?big5?B?" + base64.b64encode("檯燈不亮".encode("big5")[:-1]).decode() + "?="),
        "Dark.",
    ),
    Fault(
        "a character cut in two between words of a subject",
        plain("f", "Dark.", Subject=HALVES),
        "Dark.",
        subject="台灯坏了",
    ),
    Fault(
        "a raw subject in the body's characters",
        mail(
            "f",
            b'Content-Type: text/plain; charset="big5"\r\n\r\n' + "壞了".encode("big5"),
            Subject="檯燈".encode("big5"),
        ),
        "壞了",
        subject="檯燈",
    ),
    Fault(
        "a raw body in the subject's characters",
        mail(
            "f",
            b"Content-Type: text/plain\r\n\r\n" + "¿Dónde está?".encode("latin-1"),
            Subject=encoded("Lámpara", "latin-1"),
        ),
        "¿Dónde está?",
        subject="Lámpara",
    ),
    Fault("signs of makers in JIS", typed("text/plain; charset=iso-2022-jp", b'\x1b$B-!-"\x1b(B 2026'), "①② 2026"),
    Fault("half-width kana in JIS", typed("text/plain", b"\x1b(I1]\x1b(B"), "ｱﾝ"),
    Fault(
        "HTML that names its characters itself",
        typed(
            "text/html",
            '<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><p>램프가 안 켜져요</p>'.encode(
                "euc-kr"
            ),
        ),
        "램프가 안 켜져요",
    ),
    Fault("a byte order mark", typed("text/plain", "灯坏了。".encode("utf-16")), "灯坏了。"),
    Fault(
        "raw names of files",
        mail(
            "f",
            several(
                "mixed",
                body("看。"),
                part('application/pdf; name="x"', b"%PDF").replace(b'"x"', b'"' + GBK_NAME + b'"'),
            ),
        ),
        "看。",
        ("说明书.pdf",),
    ),
    Fault(
        "names of files in pieces",
        mail(
            "f",
            several(
                "mixed",
                body("See."),
                part(
                    "application/pdf",
                    b"%PDF",
                    Content_Disposition="attachment; filename*0*=utf-8''%E8%AF; filename*1*=%B4; filename*2=\".pdf\"",
                ),
            ),
        ),
        "See.",
        ("说.pdf",),
    ),
    Fault(
        "a name of a codec that is no charset",
        mail(
            "f",
            several(
                "mixed",
                body("See."),
                part("application/pdf", b"%PDF", Content_Disposition="attachment; filename*=idna''a.pdf"),
            ),
        ),
        "See.",
        ("a.pdf",),
    ),
    Fault(
        "a name told twice in two ways",
        mail(
            "f",
            several(
                "mixed",
                body("See."),
                part(
                    "application/pdf",
                    b"%PDF",
                    Content_Disposition="attachment; filename*0*=utf-8''a.pdf; filename*=utf-8''a.pdf",
                ),
            ),
        ),
        "See.",
        ("a.pdf",),
    ),
)

STRUCTURES = (
    Fault("a sender in open brackets", plain("f", "Dark.", From="(" * 900 + FANG), "Dark."),
    Fault("parts in parts in parts", mail("f", DEEP + b"\r\nDark.")),
    Fault(
        "words of an attached mail beside HTML",
        mail("f", several("mixed", body("<p>See it.</p>", "text/html"), INNER)),
        "See it.",
        lacks="carrier",
    ),
    Fault("nothing but an attached mail", mail("f", several("mixed", INNER)), ""),
    Fault(
        "an attached mail in base64",
        mail(
            "f",
            several(
                "mixed",
                body("See it."),
                b"Content-Type: message/rfc822\r\n"
                b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(plain("i", "Inner.")),
            ),
        ),
        "See it.",
    ),
    Fault(
        "a list's footer below HTML",
        mail("f", several("mixed", body("<p>Dark.</p>", "text/html"), body("_" * 40 + "\nlamps mailing list\n"))),
        "Dark.",
    ),
    Fault(
        "HTML after words, each its own",
        mail("f", several("mixed", body("First."), body("<p>Second.</p>", "text/html"))),
        "First.\nSecond.",
    ),
    Fault(
        "words that show nothing beside HTML",
        mail("f", several("alternative", body("\u00a0\u200c\ufeff\n"), body("<p>Dark.</p>", "text/html"))),
        "Dark.",
    ),
    Fault(
        "an alternative whose last form is of several parts",
        mail(
            "f",
            several(
                "alternative",
                body("Dark."),
                several("mixed", body("<p>Dark!</p>", "text/html"), a_file("a.pdf", b"%PDF", "application/pdf")),
            ),
        ),
        "Dark.",
        ("a.pdf",),
    ),
    Fault(
        "a boundary that is not the one",
        mail(
            "f",
            b'Content-Type: multipart/mixed; boundary="A"\r\n\r\n--B\r\n'
            b"Content-Type: text/html\r\n\r\n<p>Dark.</p>\r\n--B--\r\n",
        ),
        "Dark.",
    ),
    Fault("no boundary at all", typed("multipart/mixed"), "Dark."),
    Fault("HTML that is called text", typed("text/plain", b"<html><body><p>Dark.</p></body></html>"), "Dark."),
    Fault("a kind without its semicolon", typed("text/html charset=gbk", "<p>灯坏了。</p>".encode("gbk")), "灯坏了。"),
    Fault(
        "an encoding with a remark",
        typed("text/plain", base64.b64encode(b"Dark."), Content_Transfer_Encoding="BASE64 ; (x)"),
        "Dark.",
    ),
    Fault("an encoding nobody knows", typed("text/plain", b"Dark.", Content_Transfer_Encoding="text/plain"), "Dark."),
    Fault(
        "a boundary beyond ASCII",
        typed('multipart/mixed; boundary="灯"', "--灯\r\n\r\nDark.\r\n--灯--".encode()),
        "Dark.",
    ),
    Fault("words with a name at the top", typed("text/plain; charset=utf-8; name=mail.txt"), "Dark."),
    Fault(
        "words offered as a file are one",
        mail("f", several("mixed", body("See."), a_file("log.txt", b"x", "text/plain"))),
        "See.",
        ("log.txt",),
    ),
    Fault(
        "a line that is no header",
        b"From: fang@example.net\r\nSubject: Lamp\r\nno header\r\n\r\nDark.",
        "no header\n\nDark.",
    ),
    Fault("a mark before the head", b"\xef\xbb\xbf" + plain("f", "Dark."), "Dark."),
    Fault("lines as programs of old end them", plain("f", "Dark.").replace(b"\r\n", b"\r"), "Dark."),
    Fault(
        "an appointment without a name",
        mail("f", several("mixed", body("See."), part("text/calendar; method=REQUEST"))),
        "See.",
        ("",),
    ),
    Fault("a card without a name", mail("f", several("mixed", body("See."), part("text/vcard"))), "See.", ("",)),
    Fault("a table without a name", mail("f", several("mixed", body("See."), part("text/csv"))), "See.", ("",)),
    Fault("lines that flow", typed("text/plain; format=flowed", FLOWED), "The lamp I bought last week is dark."),
    Fault(
        "lines that flow without spaces",
        typed("text/plain; charset=utf-8; format=flowed; delsp=yes", "台灯 \r\n坏了".encode()),
        "台灯坏了",
    ),
    Fault(
        "words inside a signature",
        typed(
            "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
            base64.encodebytes(SIGNED + octets(body("Signed"), b" words.") + bytes(12)),
            Content_Transfer_Encoding="base64",
        ),
        "Signed words.",
    ),
    Fault(
        "a signature beside words is no file",
        mail("f", several("signed", body("Dark."), part("application/pgp-signature; name=a.asc"))),
        "Dark.",
    ),
    Fault(
        "base64 without its end",
        typed(
            "text/plain; charset=utf-8", base64.b64encode(b"The lamp is dark.")[:-3], Content_Transfer_Encoding="base64"
        ),
        "The lamp is dar",
    ),
    Fault(
        "words offered as a file alone",
        mail("f", several("mixed", a_file("text_0.txt", b"Dark.", "text/plain"))),
        "Dark.",
        ("text_0.txt",),
    ),
    Fault(
        "words encoded as Unix did",
        typed("text/plain", b"begin 644 a\r\n%1&%R:RX \r\n`\r\nend\r\n", Content_Transfer_Encoding="x-uuencode"),
        "Dark.",
    ),
)

PICTURES = (
    Fault(
        "a photograph in the text",
        in_text("<p>The crack:</p><img src='cid:c'>", drawn("IMG_2.png", "c", picture(800, 600, 9_000))),
        "The crack:",
        ("IMG_2.png",),
    ),
    Fault("an icon", in_text("<p>Hi</p><img src='cid:c'>", drawn("f.png", "c", picture(64, 64, 3_000))), "Hi"),
    Fault("a banner", in_text("<p>Hi</p><img src='cid:c'>", drawn("f.png", "c", picture(900, 120, 9_000))), "Hi"),
    Fault(
        "a picture drawn small",
        in_text("<p>Hi</p><img height=40 src='cid:c'>", drawn("f.png", "c", picture(400, 300, 9_000))),
        "Hi",
    ),
    Fault(
        "a picture in a signature",
        in_text(
            "<p>Hi</p><div class='gmail_signature'><img src='cid:c'></div>",
            drawn("f.png", "c", picture(400, 300, 9_000)),
        ),
        "Hi",
    ),
    Fault(
        "a picture that is shown twice",
        in_text("<p>Hi</p><img src='cid:c'><img src='cid:c'>", drawn("f.png", "c", picture(400, 300, 9_000))),
        "Hi",
    ),
    Fault(
        "a picture whose head says too little of it",
        in_text("<p>Hi</p><img src='cid:c'>", drawn("f.png", "c", PNG + bytes(5_000))),
        "Hi",
        ("f.png",),
    ),
    Fault(
        "a picture nobody shows", in_text("<p>Hi</p>", drawn("f.png", "c", picture(64, 64, 3_000))), "Hi", ("f.png",)
    ),
    Fault(
        "a picture that stands in the HTML",
        in_text(f"<p>Hi</p><img src='data:image/png;base64,{base64.b64encode(picture(640, 480, 4_000)).decode()}'>"),
        "Hi",
        ("picture-1.png",),
    ),
)

PLAIN_64 = "text/plain; charset=utf-8"
AS_64 = {"Content_Transfer_Encoding": "base64"}
CODED = (
    Fault(
        "two blocks of base64",
        typed(PLAIN_64, base64.encodebytes("你好，灯".encode()) + base64.encodebytes("坏了。".encode()), **AS_64),
        "你好，灯坏了。",
    ),
    Fault("a footer below base64", typed(PLAIN_64, base64.encodebytes(b"Dark.") + b"\r\nWord\r\n", **AS_64), "Dark."),
    Fault(
        "words that only say they are base64",
        typed(PLAIN_64, b"The lamp is dark, please help.", **AS_64),
        "The lamp is dark, please help.",
    ),
    Fault("Chinese words that only say so", typed(PLAIN_64, "收到的灯是坏的。".encode(), **AS_64), "收到的灯是坏的。"),
    Fault("an empty line above the head", b"\r\n" + plain("e", "Dark."), "Dark.", subject="Lamp"),
    Fault(
        "the first piece of a mail",
        typed(
            'message/partial; id="p@client.example"; number=1; total=2', b"Content-Type: text/plain\r\n\r\nThe lamp is"
        ),
        "The lamp is",
    ),
    Fault(
        "the second piece of a mail",
        typed('message/partial; id="p@client.example"; number=2; total=2', b"dark."),
        "dark.",
    ),
)

FAULTS = (*CODED, *CHARACTERS, *STRUCTURES, *PICTURES)
