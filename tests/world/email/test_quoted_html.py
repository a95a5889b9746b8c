"""An email that has HTML only: the sender's own words are read, wherever the client puts the quoted ones."""

from typing import Any

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.inbound_email import Verdicts
from tests.support.emails.samples.writing import only_html
from tests.support.world.rows import rows


def readable(text: str) -> list[str]:
    """The lines with text: another rule decides how many blank lines separate them."""
    return [line for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("row", rows("quoted_html"))
def test_own_words_are_read(row: dict[str, Any]) -> None:
    raw = only_html("quoted", row["html"], Subject=row.get("subject", "Re: Lamp"))
    email = MimeParser().read(raw, None, (), Verdicts()).email
    assert readable(email.text) == readable(row["want"])
