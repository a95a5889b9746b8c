"""Today's emails: one with a picture and a file, and one that answers the shop's answer, quoting it."""

import struct
import zlib
from datetime import datetime
from email.message import EmailMessage

from infra.local.stack import INBOUND_DOMAIN
from infra.samples.staff import STAFF
from infra.samples.today.scenes import external_id
from infra.samples.visitor import Visitor

AGENT = STAFF[0].user
INVOICE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def play(visitor: Visitor, now: datetime) -> dict[str, str]:
    """Two customers write by email; the second is answered and writes again."""
    scratched = _mail(now, "scratch", "Nils Berg", "A scratch on the lamp", SCRATCHED)
    scratched.add_attachment(picture(96, 64), "image", "png", filename="scratch.png")
    scratched.add_attachment(INVOICE, "application", "pdf", filename="invoice-2217.pdf")
    with_files = _arrive(visitor, scratched)
    thread = _mail(now, "thread", "闻笛", "盖毯什么时候补货？", "您好，灰色的羊毛盖毯什么时候补货？\n\n闻笛\n")
    case = _arrive(visitor, thread)
    answer = "您好，灰色预计下周三到货，到货后我们短信通知您。"
    visitor.post(case, "messages", {"body": answer, "public": True}, visitor.stack.sign_in(AGENT))
    number = visitor.case(case)["number"]
    again = _mail(
        now, "thread-2", "闻笛", f"回复：盖毯什么时候补货？ [{number}]", QUOTING.format(answer=answer), "thread"
    )
    again["In-Reply-To"] = thread["Message-ID"]
    _arrive(visitor, again)
    return {"Today's emails": f"{visitor.case(with_files)['number']} with a picture and a file; {number}, a thread"}


SCRATCHED = """Hello,

the lamp came with a long scratch on its foot, see the picture. The invoice is attached as well.
Could I have another foot, or a part of the price back?

Nils
"""
QUOTING = """好的谢谢。另外想问一下，能不能先帮我留一条？

闻笛
发自我的 iPhone

> 在 2026年11月，灯与织 <care@example.com> 写道：
>
> {answer}
>
>> 您好，灰色的羊毛盖毯什么时候补货？
"""


def _mail(now: datetime, name: str, sender: str, subject: str, text: str, mailbox: str | None = None) -> EmailMessage:
    message, identity = EmailMessage(), external_id(now, name)
    message["From"] = f"{sender} <{external_id(now, mailbox or name)}@example.net>"
    message["To"], message["Subject"] = f"demo@{INBOUND_DOMAIN}", subject
    message["Message-ID"] = f"<{identity}@client.example>"
    message.set_content(text)
    return message


def _arrive(visitor: Visitor, message: EmailMessage) -> str:
    """The email is received; the case it belongs to."""
    sender = str(message["From"]).partition("<")[2].rstrip(">")
    email = visitor.stack.receive(message.as_bytes(), f"{visitor.shop}@{INBOUND_DOMAIN}", sender)
    visitor.show("an email")
    (receipt,) = visitor.stack.receipts_of(email)
    case = visitor.stack.receipt(receipt)["case"]
    if case is None:
        raise SystemExit(f"An email of the sample shop became no case: {visitor.stack.receipt(receipt)}")
    return str(case)


def picture(width: int, height: int) -> bytes:
    """A PNG: a brass foot of a lamp with a scratch across it."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y, width, height) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _pixel(x: int, y: int, width: int, height: int) -> bytes:
    on_scratch = abs(y * width - x * height + 3 * x) < 2 * width
    return b"\xf4\xee\xe0" if on_scratch else bytes((176 + x // 4, 130 + y // 3, 60))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
