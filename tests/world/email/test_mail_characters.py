"""Character sets of emails' bodies and raw subjects."""

from typing import Any

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.domain.email.parsing import characters
from tests.support.emails.samples.writing import plain
from tests.support.world.rows import rows

NO_HEADERS = ("utf-16-le", "hz")
"""Character sets in which a raw header cannot be recognised."""


def data_of(row: dict[str, Any]) -> bytes:
    data: bytes = row["text"].encode(row["charset"])
    data = data[: len(data) - row.get("less", 0)]
    return data[: row["bad"]] + b"\xff" + data[row["bad"] + 1 :] if "bad" in row else data


def read(raw: bytes) -> tuple[str, str]:
    email = MimeParser().read(raw, None, (), Verdicts()).email
    return email.subject, email.text


@pytest.mark.parametrize("row", rows("mail_characters"))
def test_a_body(row: dict[str, Any]) -> None:
    label = f"; charset={row['label']}" if "label" in row else ""
    head = plain("c", "").partition(b"Content-Type")[0] + f"Content-Type: text/plain{label}\r\n\r\n".encode()
    _, text = read(head + data_of(row))
    assert text.startswith(row["want"])
    assert "less" in row or "bad" in row or text == row["want"]


def is_of_subjects(row: dict[str, Any]) -> bool:
    return row["charset"] not in NO_HEADERS and row.get("where") != "body"


@pytest.mark.parametrize("row", [one for one in rows("mail_characters") if is_of_subjects(one.values[0])])
def test_a_raw_subject(row: dict[str, Any]) -> None:
    label = {"label": row["label"]} if "label" in row else {}
    subject, _ = read(plain("c", "Dark.", Subject=data_of(row), **label))
    assert subject.startswith(row["want"])


DAMAGED = (
    ("utf-8", "utf-8", "收到的灯是坏的，请退款"),
    ("utf-8", "utf-8", "Лампа разбита, верните деньги"),
    ("utf-8", "utf-8", "Die Größe ist falsch, bitte schön größer"),
    ("gbk", "gb18030", "收到的灯是坏的，请退款"),
    ("shift_jis", "cp932", "ランプが届きません"),
    ("euc_kr", "cp949", "램프가 안 왔어요"),
    ("big5", "big5hkscs", "收到的檯燈壞了"),
    ("euc_jp", "euc_jp", "ランプが届きません"),
)


@pytest.mark.parametrize(("charset", "codec", "text"), DAMAGED)
def test_a_byte_lost_added_or_spoilt_anywhere_leaves_the_charset_that_was_told(
    charset: str, codec: str, text: str
) -> None:
    data = text.encode(charset)
    for place in range(len(data)):
        before, behind = data[:place], data[place + 1 :]
        for damaged in (before + behind, before + b"\xff" + behind, before + b"\xff" + data[place:]):
            assert characters.decode_text(damaged, charset) == damaged.decode(codec, "replace")


@pytest.mark.parametrize("text", ["发票", "退货申请", "收到的灯是坏的"])
def test_chinese_that_is_told_as_utf_8_is_no_damaged_utf_8(text: str) -> None:
    assert characters.decode_text(text.encode("gbk"), "utf-8") == text


def test_two_signs_of_gbk_that_utf_8_can_be_read_from_are_read_as_labelled() -> None:
    assert characters.decode_text("小学".encode("gbk"), "gbk") == "小学"
