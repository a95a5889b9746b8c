"""What no person wrote, by the headers and subjects machines write."""

from typing import Any

import pytest

from chalicelib.adapters.letters import MailReader
from chalicelib.domain.letters import Verdicts
from tests.mails.writing import FANG, body, mail, several
from tests.world.rows import rows


@pytest.mark.parametrize("row", rows("mail_automatic"))
def test_who_wrote(row: dict[str, Any]) -> None:
    head = {name.replace("-", "_"): value.encode() for name, value in row.get("head", {}).items()}
    content = body("I am away.")
    if "report" in row:
        content = several("report", content, extra=f"; report-type={row['report']}" if row["report"] else "")
    raw = mail("a", content, **head)
    letter = MailReader().read(raw, row.get("envelope", FANG), (), Verdicts(dmarc="pass")).letter
    assert (letter.automatic or "person") == row["want"]
