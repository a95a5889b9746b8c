"""The text of HTML, as a browser shows it."""

from typing import Any

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.inbound_email import Verdicts
from tests.support.emails.samples.writing import only_html
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("mail_html"))
def test_the_text(row: dict[str, Any]) -> None:
    assert MimeParser().read(only_html("h", row["html"]), None, (), Verdicts()).email.text == row["want"]
