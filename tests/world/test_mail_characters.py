"""Which characters a mail's bytes stand for, as bodies and as raw subjects."""

from typing import Any

import pytest

from chalicelib.adapters.letters import MailReader
from chalicelib.domain.letters import Verdicts
from tests.mails.writing import plain
from tests.world.rows import rows

NO_HEADERS = ("utf-16-le", "hz")
"""Nothing in a header would say that it is in one of these."""


def data_of(row: dict[str, Any]) -> bytes:
    data: bytes = row["text"].encode(row["charset"])
    data = data[: len(data) - row.get("less", 0)]
    return data[: row["bad"]] + b"\xff" + data[row["bad"] + 1 :] if "bad" in row else data


def read(raw: bytes) -> tuple[str, str]:
    letter = MailReader().read(raw, None, (), Verdicts()).letter
    return letter.subject, letter.text


@pytest.mark.parametrize("row", rows("mail_characters"))
def test_a_body(row: dict[str, Any]) -> None:
    label = f"; charset={row['told']}" if "told" in row else ""
    head = plain("c", "").partition(b"Content-Type")[0] + f"Content-Type: text/plain{label}\r\n\r\n".encode()
    _, text = read(head + data_of(row))
    assert text.startswith(row["want"])
    assert "less" in row or "bad" in row or text == row["want"]


@pytest.mark.parametrize("row", [one for one in rows("mail_characters") if one.values[0]["charset"] not in NO_HEADERS])
def test_a_raw_subject(row: dict[str, Any]) -> None:
    label = {"label": row["told"]} if "told" in row else {}
    subject, _ = read(plain("c", "Dark.", Subject=data_of(row), **label))
    assert subject.startswith(row["want"])
